package io.carousel.agent.http;

import io.carousel.agent.Habits;
import io.carousel.agent.House;
import io.carousel.agent.HouseException;
import io.carousel.events.AuthorityName;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.HouseId;
import io.carousel.events.Report;
import io.carousel.events.TrustBundle;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A house whose bundles are followed by server-sent events, and by polls for as long as those do
 * not come. One participant needs one; the house itself may be shared.
 */
public final class SubscribedHouse implements House, AutoCloseable {
  private final HttpHouse house;
  private final Habits habits;
  private final Duration silence;
  private final Map<AuthorityName, BundleStream> streams = new ConcurrentHashMap<>();

  /**
   * Subscribes to each authority that is waited for.
   *
   * @param house stays open when this is closed
   */
  public SubscribedHouse(HttpHouse house, Habits habits) {
    this(house, habits, BundleStream.SILENCE);
  }

  SubscribedHouse(HttpHouse house, Habits habits, Duration silence) {
    this.house = house;
    this.habits = habits;
    this.silence = silence;
  }

  /** Whoever has nothing yet does not wait for events: it asks. */
  @Override
  public Optional<TrustBundle> bundle(AuthorityName authority, long newerThan, Duration wait)
      throws HouseException, InterruptedException {
    if (newerThan == 0) {
      return house.bundle(authority, newerThan, wait);
    }
    long began = System.nanoTime();
    BundleStream stream =
        streams.computeIfAbsent(
            authority, name -> new BundleStream(house, name, newerThan, habits, silence));
    Optional<TrustBundle> told = stream.newerThan(newerThan, wait);
    if (told.isPresent() || stream.isAlive()) {
      return told;
    }
    Duration left = wait.minusNanos(System.nanoTime() - began);
    return house.bundle(authority, newerThan, left.isNegative() ? Duration.ZERO : left);
  }

  @Override
  public HouseId id() throws HouseException, InterruptedException {
    return house.id();
  }

  @Override
  public Enrolled enrol(EnrolmentRequest request) throws HouseException, InterruptedException {
    return house.enrol(request);
  }

  @Override
  public Credential request(CredentialRequest request) throws HouseException, InterruptedException {
    return house.request(request);
  }

  @Override
  public void report(Report report) throws HouseException, InterruptedException {
    house.report(report);
  }

  /** Ends its streams. */
  @Override
  public void close() {
    streams.values().forEach(BundleStream::close);
  }
}
