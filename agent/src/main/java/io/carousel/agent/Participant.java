package io.carousel.agent;

import io.carousel.events.AuthorityName;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * One member of the fleet at work: for each authority it belongs to, a virtual thread follows the
 * authority's rotation until the participant is closed. Nothing that goes wrong ends it; {@link
 * #standing} tells.
 */
public final class Participant implements AutoCloseable {
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  private final Identity identity;
  private final List<Keeper> keepers;
  private final List<Thread> threads;

  private Participant(Identity identity, List<Keeper> keepers) {
    this.identity = identity;
    this.keepers = keepers;
    this.threads =
        keepers.stream()
            .map(keeper ->
                Thread.ofVirtual()
                    .name("%s of %s".formatted(identity.name(), keeper.authority()))
                    .start(keeper::run))
            .toList();
  }

  /**
   * Begins its work.
   *
   * @param memberships one for each authority
   * @param installations where the material of each membership goes to work
   */
  public static Participant start(
      Identity identity,
      List<Membership> memberships,
      House house,
      Function<Membership, Installation> installations,
      Habits habits) {
    return start(identity, memberships, house, installations, habits, Memory.NONE);
  }

  /** Begins its work, and goes on where an earlier run with that memory has ended. */
  public static Participant start(
      Identity identity,
      List<Membership> memberships,
      House house,
      Function<Membership, Installation> installations,
      Habits habits,
      Memory memory) {
    var counter = new ReportCounter(habits.clock(), memory.counter());
    var reporting = new Reporting(identity, house, counter, memory);
    return new Participant(
        identity,
        memberships.stream()
            .map(membership ->
                new Keeper(
                    identity,
                    membership,
                    house,
                    installations.apply(membership),
                    habits,
                    reporting,
                    memory))
            .toList());
  }

  /** Its name. */
  public ParticipantName name() {
    return identity.name();
  }

  /**
   * How it stands with one of its authorities.
   *
   * @throws IllegalArgumentException if it does not belong to that authority
   */
  public Standing standing(AuthorityName authority) {
    return keepers.stream()
        .filter(keeper -> keeper.authority().equals(authority))
        .findFirst()
        .map(Keeper::standing)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "%s does not belong to authority '%s'".formatted(name(), authority)));
  }

  /**
   * Stops following and waits until its threads have ended. What was installed stays at work. An
   * interrupt cuts the wait short and is kept.
   */
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join(FAREWELL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
