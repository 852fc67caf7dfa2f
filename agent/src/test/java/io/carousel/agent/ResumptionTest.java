package io.carousel.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorityName;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A participant that goes on where an earlier run has ended. */
class ResumptionTest {
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final Membership CLIENT =
      FakeHouse.membership(Role.PRESENTS_CLIENT, Role.VERIFIES);

  private final TestHabits.HandClock clock = new TestHabits.HandClock();
  private final FakeHouse house = new FakeHouse(clock, Duration.ofMinutes(60));
  private final Identity identity = Identity.create(WEB);
  private final Kept memory = new Kept();
  private final Place place = new Place();
  private Participant participant;

  /** In memory, which is enough for what is asked here. */
  private static final class Kept implements Memory {
    private volatile Optional<TrustBundle> bundle = Optional.empty();
    private volatile long counter;
    private volatile Trials trials = Trials.NONE;
    private volatile boolean full;

    @Override
    public Optional<TrustBundle> bundle(AuthorityName authority) {
      return bundle;
    }

    @Override
    public void keep(TrustBundle newest) throws IOException {
      if (full) {
        throw new IOException("the disk is full");
      }
      bundle = Optional.of(newest);
    }

    @Override
    public long counter() {
      return counter;
    }

    @Override
    public void keep(long number) {
      counter = number;
    }

    @Override
    public Trials trials(AuthorityName authority) {
      return trials;
    }

    @Override
    public void keep(AuthorityName authority, Trials next) {
      trials = next;
    }
  }

  private static final class Place implements Installation {
    private final List<Material> installed = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicReference<Optional<Found>> found = new AtomicReference<>(Optional.empty());

    @Override
    public void install(Material material) throws UnfitMaterial {
      if (refusals.getAndDecrement() > 0) {
        throw new UnfitMaterial("the service does not reload");
      }
      installed.add(material);
    }

    @Override
    public Optional<Found> found() {
      return found.get();
    }

    /** What is there is what the next run finds. */
    void endRun(boolean atWork) {
      found.set(Optional.of(new Found(installed.getLast(), atWork)));
    }
  }

  private void start() {
    house.enrol(identity, CLIENT);
    participant =
        Participant.start(
            identity, List.of(CLIENT), house, _ -> place, TestHabits.quick(clock, 1), memory);
  }

  @AfterEach
  void stop() {
    participant.close();
  }

  private Standing standing() {
    return participant.standing(FakeHouse.AUTHORITY);
  }

  private void awaitUpToDate() {
    await().pollInterval(Duration.ofMillis(2)).until(() -> standing().upToDate());
  }

  private void awaitReportAbove(long counter) {
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> house.lastReport(WEB).map(Report::counter).orElse(0L) > counter);
  }

  @Test
  void nothingNewIsAskedForOrInstalledWhileAllIsGood() {
    start();
    awaitUpToDate();
    long counter = house.lastReport(WEB).orElseThrow().counter();
    participant.close();
    place.endRun(true);
    int installed = place.installed.size();
    clock.move(Duration.ofHours(-2)); // Whatever the clock says, reports count on.
    start();
    awaitReportAbove(counter);
    awaitUpToDate();
    assertThat(house.credentialsIssued()).isEqualTo(1);
    assertThat(place.installed).hasSize(installed);
    assertThat(standing().presents().getFirst().generation()).isEqualTo(1);
  }

  @Test
  void whatIsNotKnownToBeAtWorkIsInstalledBeforeItIsReported() {
    start();
    awaitUpToDate();
    Report last = house.lastReport(WEB).orElseThrow();
    participant.close();
    place.endRun(false);
    int installed = place.installed.size();
    place.refusals.set(1000);
    clock.move(Duration.ofMillis(1));
    start();
    // Meanwhile it is told that nothing is in place, and why.
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(() -> house.lastReport(WEB).orElseThrow().bundle() == 0);
    assertThat(installed).isEqualTo(place.installed.size());
    place.refusals.set(0);
    await().until(() -> house.lastReport(WEB).orElseThrow().bundle() == last.bundle());
    assertThat(place.refusals.get()).isNegative();
    assertThat(place.installed).hasSize(installed + 1);
    assertThat(house.credentialsIssued()).isEqualTo(1);
  }

  @Test
  void whatWasSomebodyElsesIsReplaced() {
    start();
    awaitUpToDate();
    participant.close();
    Material left = place.installed.getLast();
    place.found.set(
        Optional.of(
            new Installation.Found(
                new Material(new ParticipantName("web-0"), left.trust(), left.x509()), true)));
    clock.move(Duration.ofMillis(1));
    start();
    awaitUpToDate();
    assertThat(house.credentialsIssued()).isEqualTo(2);
    assertThat(place.installed.getLast().owner()).isEqualTo(WEB);
  }

  @Test
  void aBundleThatGoesBackIsRefusedAfterARestartToo() {
    start();
    awaitUpToDate();
    TrustBundle old = house.bundle();
    place.endRun(true); // As if the next one had never reached the disk.
    house.start();
    awaitUpToDate();
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> memory.bundle.orElseThrow().number() == 2);
    participant.close();
    long counter = house.lastReport(WEB).orElseThrow().counter();
    house.force(old);
    start();
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> standing().problem().filter(p -> p.contains("never go back")).isPresent());
    assertThat(house.lastReport(WEB).orElseThrow().counter()).isEqualTo(counter);
  }

  @Test
  void aBundleIsKeptBeforeItIsPutToWork() {
    memory.full = true;
    start();
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> standing().problem().filter(p -> p.contains("disk is full")).isPresent());
    assertThat(place.installed).isEmpty();
    memory.full = false;
    awaitUpToDate();
  }

  @Test
  void aCredentialThatCannotBeInstalledIsKeptAndTriedAgain() {
    start();
    awaitUpToDate();
    house.start();
    awaitUpToDate();
    place.refusals.set(10);
    house.updateClients();
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> standing().presents().stream().anyMatch(p -> p.generation() == 2));
    assertThat(place.refusals.get()).isNegative();
    assertThat(house.credentialsIssued()).isEqualTo(2);
  }

  @Test
  void aServiceThatIsBrokenForLongCostsFewSignatures() {
    start();
    awaitUpToDate();
    place.refusals.set(60);
    clock.move(Duration.ofMinutes(45));
    await().pollInterval(Duration.ofMillis(2)).until(() -> place.refusals.get() < 0);
    awaitUpToDate();
    assertThat(house.credentialsIssued()).isBetween(2, 5);
  }
}
