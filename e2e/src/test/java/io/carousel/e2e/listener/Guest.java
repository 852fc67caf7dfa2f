package io.carousel.e2e.listener;

import io.carousel.agent.Habits;
import io.carousel.agent.HouseException;
import io.carousel.agent.Identity;
import io.carousel.agent.Participant;
import io.carousel.agent.Standing;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.http.SubscribedHouse;
import io.carousel.agent.tls.HouseTls;
import io.carousel.agent.tls.MutualTls;
import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;

/**
 * A participant that has nothing but the address of its house and a pin, and asks it something all
 * the while.
 */
final class Guest implements AutoCloseable {
  private static final Habits HABITS =
      new Habits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          InstantSource.system(),
          new SecureRandom());

  private final Identity identity;
  private final AuthorityName serves;
  private final HouseTls tls;
  private final HttpHouse house;
  private final AtomicLong calls = new AtomicLong();
  private final AtomicReference<Exception> failed = new AtomicReference<>();
  private Optional<SubscribedHouse> subscribed = Optional.empty();
  private Optional<Participant> participant = Optional.empty();
  private Optional<Thread> asking = Optional.empty();

  Guest(String name, String serves, URI house, Set<Digest> pins) {
    this.identity = Identity.create(new ParticipantName(name));
    this.serves = new AuthorityName(serves);
    this.tls = new HouseTls(pins);
    this.house = new HttpHouse(house, tls);
  }

  Identity identity() {
    return identity;
  }

  HttpHouse house() {
    return house;
  }

  /** One for the house, and one for what it serves. */
  List<Membership> memberships() {
    return List.of(
        new Membership(AuthorityName.BUILT_IN, List.of(Role.PRESENTS_CLIENT, Role.VERIFIES)),
        new Membership(serves, List.of(Role.PRESENTS_SERVER, Role.VERIFIES)));
  }

  void begin() {
    subscribed = Optional.of(new SubscribedHouse(house, HABITS));
    participant =
        Optional.of(
            Participant.start(
                identity,
                memberships(),
                subscribed.get(),
                m -> m.authority().equals(AuthorityName.BUILT_IN) ? tls : new MutualTls(),
                HABITS));
  }

  /** Does nothing any more; what it has installed stays. */
  void sleep() {
    participant.ifPresent(Participant::close);
    subscribed.ifPresent(SubscribedHouse::close);
  }

  /** What it shows to its house, and whom it takes for it. */
  SSLContext tls() {
    return tls.context();
  }

  Standing standing(AuthorityName authority) {
    return participant.orElseThrow().standing(authority);
  }

  /** Whether it shows a credential of that generation to its house. */
  boolean shows(int generation) {
    return standing(AuthorityName.BUILT_IN).presents().stream()
        .anyMatch(p -> p.generation() == generation);
  }

  /** Asks without pause, until the first failure. */
  void ask() {
    asking =
        Optional.of(
            Thread.ofVirtual()
                .start(() -> {
                  while (!Thread.interrupted() && failed.get() == null) {
                    once();
                  }
                }));
  }

  private void once() {
    try {
      if (house.bundle(serves, 0, Duration.ZERO).isEmpty()) {
        throw new IllegalStateException("there is no bundle");
      }
      calls.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (HouseException | RuntimeException e) {
      failed.set(e);
    }
  }

  long calls() {
    return calls.get();
  }

  Optional<Exception> failure() {
    return Optional.ofNullable(failed.get());
  }

  @Override
  public void close() throws Exception {
    asking.ifPresent(Thread::interrupt);
    if (asking.isPresent()) {
      asking.get().join();
    }
    sleep();
    house.close();
  }
}
