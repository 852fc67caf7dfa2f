package io.carousel.agent.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.Enrolment;
import io.carousel.agent.FakeHouse;
import io.carousel.agent.House;
import io.carousel.agent.HouseContract;
import io.carousel.agent.HouseException;
import io.carousel.agent.Identity;
import io.carousel.agent.Participant;
import io.carousel.agent.TestHabits;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.TrustBundle;
import io.carousel.events.seal.EnrolmentToken;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract over HTTP, and what happens when the other side is unwell. */
class HttpHouseTest extends HouseContract {
  private static final byte[] BUSY =
      "{\"code\":\"busy\",\"message\":\"slot 'hsm-a' is full\"}".getBytes(UTF_8);

  @TempDir Path folder;
  private HouseFixture fixture;
  private HttpHouse house;

  @BeforeEach
  void open() throws IOException {
    fixture = new HouseFixture(behind);
    house = new HttpHouse(fixture.base(), HouseFixture.secretFile(folder, HouseFixture.SECRET));
  }

  @AfterEach
  void close() {
    house.close();
    fixture.close();
  }

  @Override
  protected House house() {
    return house;
  }

  private Optional<TrustBundle> bundle() throws Exception {
    return house.bundle(FakeHouse.AUTHORITY, 0, Duration.ZERO);
  }

  @Test
  void aBusyHouseSaysHowLongToWait() {
    fixture.answer(new HouseFixture.Canned(503, "7", BUSY));
    assertThatThrownBy(this::bundle)
        .isInstanceOfSatisfying(
            HouseException.Unavailable.class,
            e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(7)))
        .hasMessageContaining("slot 'hsm-a' is full");
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-3", "", "99999999999999999999"})
  void aStrangeRetryAfterIsNoReasonToStumble(String value) {
    fixture.answer(new HouseFixture.Canned(503, value, BUSY));
    assertThatThrownBy(this::bundle)
        .isInstanceOfSatisfying(
            HouseException.Unavailable.class,
            e -> assertThat(e.retryAfter().orElse(Duration.ZERO)).isZero());
  }

  @Test
  void aWrongSecretIsRefused() throws Exception {
    HouseFixture.secretFile(folder, "some-other-secret-of-a-house");
    assertThatThrownBy(this::bundle)
        .isInstanceOfSatisfying(
            HouseException.Refused.class, e -> assertThat(e.code()).isEqualTo("unauthorised"))
        .hasMessageNotContaining("some-other");
    HouseFixture.secretFile(folder, HouseFixture.SECRET);
    assertThat(bundle()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "{}", "null", "[1,2", "{\"house\":\"x\"}", "\u0000\u0001"})
  void garbageIsNoAnswer(String garbage) {
    fixture.answer(HouseFixture.Canned.of(200, garbage));
    assertThatThrownBy(this::bundle)
        .isInstanceOf(HouseException.Unavailable.class)
        .hasMessageContaining("cannot be read");
    fixture.answer(HouseFixture.Canned.of(500, garbage));
    assertThatThrownBy(this::bundle)
        .isInstanceOf(HouseException.Unavailable.class)
        .hasMessageContaining("status 500");
    fixture.answer(HouseFixture.Canned.of(404, garbage));
    assertThatThrownBy(this::bundle)
        .isInstanceOf(HouseException.Refused.class)
        .hasMessageContaining("status 404");
  }

  @Test
  void aFloodIsCutOff() {
    fixture.answer(new HouseFixture.Canned(200, null, new byte[5 * 1024 * 1024]));
    assertThatThrownBy(this::bundle).isInstanceOf(HouseException.Unavailable.class);
  }

  @Test
  void aRedirectIsNotFollowed() {
    fixture.answer(HouseFixture.Canned.of(302, ""));
    assertThatThrownBy(this::bundle).isInstanceOf(HouseException.Refused.class);
  }

  @Test
  void aHouseThatIsNotThereIsUnavailable() {
    fixture.close();
    assertThatThrownBy(this::bundle)
        .isInstanceOf(HouseException.Unavailable.class)
        .hasMessageContaining("cannot be reached");
  }

  @Test
  void anExposedSecretIsNotUsed() throws Exception {
    Path exposed = folder.resolve("exposed");
    Files.createFile(exposed);
    Files.setPosixFilePermissions(exposed, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(exposed, HouseFixture.SECRET);
    try (var careless = new HttpHouse(fixture.base(), exposed)) {
      assertThatThrownBy(() -> careless.bundle(FakeHouse.AUTHORITY, 0, Duration.ZERO))
          .isInstanceOf(HouseException.Refused.class)
          .hasMessageContaining("others can read it")
          .hasMessageContaining("chmod 600");
    }
  }

  @Test
  void aMissingSecretIsNamed() {
    try (var bare = new HttpHouse(fixture.base(), folder.resolve("none"))) {
      assertThatThrownBy(() -> bare.bundle(FakeHouse.AUTHORITY, 0, Duration.ZERO))
          .isInstanceOf(HouseException.Unavailable.class)
          .hasMessageContaining("none");
    }
  }

  @Test
  void whoHasATokenNeedsNoSecretToEnrol() throws Exception {
    var token = EnrolmentToken.create();
    var membership = FakeHouse.membership(Role.VERIFIES);
    behind.open(token, membership);
    try (var bare = new HttpHouse(fixture.base(), folder.resolve("none"))) {
      var identity = Identity.create(new ParticipantName("web-9"));
      assertThat(Enrolment.enrol(bare, identity, token, InstantSource.system()).memberships())
          .containsExactly(membership);
    }
  }

  @Test
  void theSecretNeverTravelsInClear() {
    for (String base : List.of("http://house.example:80", "ftp://127.0.0.1", "http:///x")) {
      assertThatThrownBy(() -> new HttpHouse(URI.create(base), folder.resolve("secret")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("in clear");
    }
  }

  @Test
  void aParticipantFollowsARotationOverHttp() {
    var identity = Identity.create(new ParticipantName("web-9"));
    var membership = FakeHouse.membership(Role.PRESENTS_CLIENT, Role.VERIFIES);
    behind.enrol(identity, membership);
    fixture.answer(new HouseFixture.Canned(503, "0", BUSY));
    try (var participant =
        Participant.start(
            identity,
            List.of(membership),
            house,
            _ -> _ -> {},
            TestHabits.quick(InstantSource.system(), 1))) {
      await().until(() -> participant.standing(FakeHouse.AUTHORITY).problem().isPresent());
      fixture.answer(null);
      await().until(behind::gateHolds);
      behind.start();
      await().until(behind::gateHolds);
      behind.updateClients();
      await().until(behind::gateHolds);
    }
  }

  @Test
  void whatIsPublishedIsFetchedOnceWhileItStays() throws Exception {
    byte[] first = house.companion(FakeHouse.AUTHORITY, Format.X509);
    assertThat(house.companion(FakeHouse.AUTHORITY, Format.X509)).isEqualTo(first);
    assertThat(fixture.unchanged()).isEqualTo(1);
    behind.renewCrls();
    assertThat(house.companion(FakeHouse.AUTHORITY, Format.X509)).isNotEqualTo(first);
    assertThat(fixture.unchanged()).isEqualTo(1);
  }
}
