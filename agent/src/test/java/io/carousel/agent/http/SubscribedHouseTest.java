package io.carousel.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.House;
import io.carousel.agent.HouseContract;
import io.carousel.agent.HouseException;
import io.carousel.agent.Identity;
import io.carousel.agent.Participant;
import io.carousel.agent.TestHabits;
import io.carousel.agent.http.HouseFixture.Streams;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract where bundles come as events, and what happens when they do not. */
@Timeout(60)
class SubscribedHouseTest extends HouseContract {
  private static final Duration SILENCE = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;
  private HouseFixture fixture;
  private HttpHouse http;
  private SubscribedHouse house;

  @BeforeEach
  void open() throws IOException {
    fixture = new HouseFixture(behind);
    http = new HttpHouse(fixture.base(), HouseFixture.secretFile(folder, HouseFixture.SECRET));
    house = new SubscribedHouse(http, TestHabits.quick(InstantSource.system(), 1), SILENCE);
  }

  @AfterEach
  void close() {
    house.close();
    http.close();
    fixture.close();
  }

  @Override
  protected House house() {
    return house;
  }

  private Optional<TrustBundle> newerThan(long sequence, Duration wait)
      throws HouseException, InterruptedException {
    return house.bundle(FakeHouse.AUTHORITY, sequence, wait);
  }

  private long first() throws HouseException, InterruptedException {
    return newerThan(0, Duration.ZERO).orElseThrow().sequence();
  }

  @Test
  void onceItHasABundleItDoesNotAskForTheNext() throws Exception {
    long had = first();
    assertThat(newerThan(had, SILENCE.multipliedBy(3))).isEmpty();
    behind.start();
    assertThat(newerThan(had, LONG).orElseThrow().sequence()).isGreaterThan(had);
    assertThat(fixture.polled()).isEqualTo(1);
    assertThat(fixture.streamed()).isEqualTo(1);
  }

  /**
   * Each of them takes longer than the wait for the next bundle, or fails at once, again and again.
   */
  @ParameterizedTest
  @EnumSource(value = Streams.class, mode = EnumSource.Mode.EXCLUDE, names = "ALL")
  void whereNothingComesByEventsItAsks(Streams how) throws Exception {
    fixture.stream(how);
    long had = first();
    behind.start();
    long next = newerThan(had, LONG).orElseThrow().sequence();
    assertThat(next).isGreaterThan(had);
    assertThat(fixture.polled()).isEqualTo(2);

    fixture.stream(Streams.ALL);
    behind.updateClients();
    assertThat(newerThan(next, LONG)).isPresent();
    await()
        .untilAsserted(() -> {
          assertThat(newerThan(next, Duration.ZERO)).isPresent();
          assertThat(fixture.streamed()).isPositive();
        });
  }

  @Test
  void anotherStreamIsOpenedAfterWhatIsKnown() throws Exception {
    fixture.stream(Streams.BROKEN);
    long had = first();
    behind.start();
    long next = newerThan(had, LONG).orElseThrow().sequence();
    assertThat(newerThan(next, Duration.ZERO)).isEmpty();
    fixture.stream(Streams.ALL);
    behind.updateClients();
    assertThat(newerThan(next, LONG)).isPresent();
    await().until(() -> fixture.streamed() > 0);
    assertThat(fixture.streamed()).isEqualTo(1);
  }

  /** What is wrong with the house is heard by asking it. */
  @Test
  void aHouseInTroubleIsUnavailable() throws Exception {
    long had = first();
    fixture.answer(HouseFixture.Canned.of(503, "{\"code\":\"busy\",\"message\":\"later\"}"));
    assertThatThrownBy(() -> newerThan(had, LONG))
        .isInstanceOf(HouseException.Unavailable.class)
        .hasMessage("later");
    fixture.answer(null);
    behind.start();
    assertThat(newerThan(had, LONG)).isPresent();
  }

  @Test
  void aStreamThatEndsWhileItIsWaitedForIsReplacedByAPoll() throws Exception {
    long had = first();
    assertThat(newerThan(had, Duration.ofMillis(300))).isEmpty();
    assertThat(fixture.polled()).isEqualTo(1);
    fixture.close();
    assertThatThrownBy(() -> newerThan(had, LONG))
        .isInstanceOf(HouseException.Unavailable.class)
        .hasMessageContaining("cannot be reached");
  }

  @Test
  void aParticipantFollowsARotationByEvents() {
    var identity = Identity.create(new ParticipantName("web-9"));
    var membership = FakeHouse.membership(Role.PRESENTS_CLIENT, Role.VERIFIES);
    behind.enrol(identity, membership);
    try (var participant =
        Participant.start(
            identity,
            List.of(membership),
            house,
            _ -> _ -> {},
            TestHabits.quick(InstantSource.system(), 1))) {
      await().until(behind::gateHolds);
      await().until(() -> participant.standing(FakeHouse.AUTHORITY).upToDate());
      behind.start();
      await().until(behind::gateHolds);
      behind.updateClients();
      await().until(behind::gateHolds);
      assertThat(fixture.streamed()).isPositive();
    }
  }
}
