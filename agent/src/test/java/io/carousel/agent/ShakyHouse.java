package io.carousel.agent;

import io.carousel.events.AuthorityName;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.HouseId;
import io.carousel.events.Report;
import io.carousel.events.TrustBundle;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** A house on a bad line: calls are lost before or after they took effect, or it is too busy. */
public final class ShakyHouse implements House {
  /** What happens to one call. */
  public enum Fault {
    NONE,
    LOST_BEFORE_EFFECT,
    LOST_AFTER_EFFECT,
    TOO_BUSY
  }

  private final House house;
  private final Supplier<Fault> faults;

  public ShakyHouse(House house, Supplier<Fault> faults) {
    this.house = house;
    this.faults = faults;
  }

  @FunctionalInterface
  private interface Call<T> {
    T make() throws HouseException, InterruptedException;
  }

  private <T> T shaky(Call<T> call) throws HouseException, InterruptedException {
    return switch (faults.get()) {
      case NONE -> call.make();
      case LOST_BEFORE_EFFECT ->
          throw new HouseException.Unavailable("lost before", (Throwable) null);
      case LOST_AFTER_EFFECT -> {
        call.make();
        throw new HouseException.Unavailable("lost after", (Throwable) null);
      }
      case TOO_BUSY -> throw new HouseException.Unavailable("busy", Duration.ofMillis(5));
    };
  }

  @Override
  public HouseId id() throws HouseException, InterruptedException {
    return shaky(house::id);
  }

  @Override
  public Enrolled enrol(EnrolmentRequest request) throws HouseException, InterruptedException {
    return shaky(() -> house.enrol(request));
  }

  @Override
  public Optional<TrustBundle> bundle(AuthorityName authority, long newerThan, Duration wait)
      throws HouseException, InterruptedException {
    return shaky(() -> house.bundle(authority, newerThan, wait));
  }

  @Override
  public Credential request(CredentialRequest request) throws HouseException, InterruptedException {
    return shaky(() -> house.request(request));
  }

  @Override
  public void report(Report report) throws HouseException, InterruptedException {
    shaky(() -> {
      house.report(report);
      return true;
    });
  }
}
