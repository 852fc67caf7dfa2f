package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.FleetEvent.ParticipantReadmitted;
import io.carousel.events.OperatorAct.ReadmitParticipant;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.ParticipantName;
import io.carousel.events.RevocationReason;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who gets no other credential after a revocation, and how that ends. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class WithheldTest {
  private static final ParticipantName SERVER = new ParticipantName("server");

  private Scene s;

  @BeforeEach
  void begin() {
    s = Scene.standby();
    s.fleet.keepsUp();
  }

  @ParameterizedTest
  @EnumSource
  void causeSaysWhetherAnotherIsIssued(RevocationReason cause) {
    s.story.accept(revoke(cause));
    assertThat(withheld(identity()).isPresent()).isEqualTo(!cause.allowsReplacement());
  }

  @Test
  void revocationBySerialBarsItsHolderAlone() {
    Serial serial = s.fleet.member("server").presents().getFirst().serial();
    s.story.accept(
        new RevokeCredentials(
            Scene.USER,
            List.of(serial),
            Optional.empty(),
            RevocationReason.KEY_COMPROMISE,
            "stolen",
            "p-1",
            List.of(SERVER)));
    assertThat(withheld(identity()).orElseThrow().serial()).isEqualTo(serial);
    assertThat(s.story.house().withheld()).hasSize(1);
  }

  /** No time, no rotation, and no enrolment with the same key ends it. */
  @Test
  void itLastsUntilSomebodyEndsIt() {
    s.story.accept(revoke(RevocationReason.KEY_COMPROMISE));
    Digest compromised = identity();
    FakeFleet.Member server = s.fleet.member("server");
    s.fleet.remove(server);
    s.fleet.admit(server);
    assertThat(withheld(compromised)).isPresent();
    s.story.now(s.story.now().plus(Duration.ofDays(100)));
    s.trusted();
    assertThat(withheld(compromised)).isPresent();
  }

  @Test
  void newIdentityKeyIsNotBarred() {
    s.story.accept(revoke(RevocationReason.KEY_COMPROMISE));
    Digest compromised = identity();
    s.fleet.enrolByToken("server", List.of(Role.PRESENTS_SERVER, Role.VERIFIES));
    assertThat(withheld(compromised)).isPresent();
    assertThat(identity()).isNotEqualTo(compromised);
    assertThat(withheld(identity())).isEmpty();
  }

  @Test
  void operatorsWordEndsIt() {
    assertThat(s.story.refuse(readmit("why")).code()).isEqualTo("nothing-withheld");
    s.story.accept(revoke(RevocationReason.KEY_COMPROMISE));
    assertThat(s.story.refuse(readmit(" ")).code()).isEqualTo("reason-missing");
    assertThat(s.story.accept(readmit("a false alarm")))
        .containsExactly(
            new ParticipantReadmitted(
                SERVER, identity(), "a false alarm", "p-1", s.story.house().clock()));
    assertThat(withheld(identity())).isEmpty();
    // What was revoked stays so.
    assertThat(s.user().revoked()).isNotEmpty();
  }

  /** A host is known to all authorities by what the built-in one has issued to it. */
  @Test
  void compromiseOfTheBuiltInAuthoritysCredentialBarsAll() {
    s.story.accept(revoke(RevocationReason.KEY_COMPROMISE));
    assertThat(s.story.house().withheld(identity(), new AuthorityName("db"))).isEmpty();
    House house = s.story.house();
    Withheld w = house.withheld().firstEntry().getValue();
    House all =
        House.EMPTY.withholding(
            List.of(
                new Withheld(
                    w.participant(),
                    w.identity(),
                    AuthorityName.BUILT_IN,
                    w.serial(),
                    w.cause(),
                    w.since())));
    assertThat(all.withheld(identity(), new AuthorityName("db"))).isPresent();
    assertThat(all.readmitted(identity()).withheld()).isEmpty();
  }

  private Optional<Withheld> withheld(Digest identity) {
    return s.story.house().withheld(identity, Scene.USER);
  }

  private Digest identity() {
    return s.story.house().participant(SERVER).orElseThrow().identityKey().digest();
  }

  private static ReadmitParticipant readmit(String reason) {
    return new ReadmitParticipant(SERVER, reason, "p-1");
  }

  private RevokeCredentials revoke(RevocationReason cause) {
    return new RevokeCredentials(
        Scene.USER, List.of(), Optional.of(SERVER), cause, "why", "p-1", s.fleet.breaking(SERVER));
  }
}
