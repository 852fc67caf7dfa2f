package io.carousel.signer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.Canary;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.signer.Asked;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a worker signs as a canary, whoever asks. */
class CanaryLimitsTest {
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final Bytes SOME = Bytes.of(new byte[1]);
  private static final GenerateKey KEY = Asked.key(SLOT, Suite.ECDSA_P256);
  private static final KeyGenerated MADE =
      new KeyGenerated(Asked.id(), SLOT, new KeyId("00"), SOME, SOME);
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static SignLeaf canary(Profile profile, Instant until) {
    var ca = Asked.ca(KEY, MADE);
    var signed = new CaCertificateSigned(Asked.id(), SLOT, SOME);
    return Asked.with(
        Asked.leaf(ca, signed, profile),
        o -> {
          o.notBefore = NOW.minusSeconds(60);
          o.notAfter = until;
          o.deadline = NOW.plusSeconds(20);
        });
  }

  private static void refused(Limits limits, LeafCommand command, Refusal why) {
    assertThatThrownBy(() -> limits.check(command, NOW))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.why()).isEqualTo(why));
  }

  @ParameterizedTest
  @EnumSource(names = {"CANARY_CLIENT", "CANARY_SERVER"})
  void itEndsSoon(Profile profile) {
    assertThatCode(() -> Limits.DEFAULT.check(canary(profile, NOW.plus(Canary.LIFE)), NOW))
        .doesNotThrowAnyException();
    refused(
        Limits.DEFAULT,
        canary(profile, NOW.plus(Canary.LIFE).plusSeconds(61)),
        Refusal.LIFETIME_TOO_LONG);
  }

  @Test
  void itNamesNobody() {
    SignLeaf bare = canary(Profile.CANARY_CLIENT, NOW.plus(Canary.LIFE));
    refused(
        Limits.DEFAULT,
        Asked.leaf(bare, List.of(new SubjectName("dns:web-1")), Optional.empty()),
        Refusal.BAD_CONTENT);
  }

  @Test
  void itIsACertificate() {
    var ssh =
        Asked.with(
            Asked.ssh(KEY, MADE, Profile.CANARY_CLIENT, "a"),
            o -> {
              o.notBefore = NOW.minusSeconds(60);
              o.notAfter = NOW.plus(Canary.LIFE);
              o.deadline = NOW.plusSeconds(20);
            });
    refused(Limits.DEFAULT, ssh, Refusal.BAD_CONTENT);
  }

  /** Whoever wants none says which profiles a worker signs. */
  @Test
  void aWorkerMayBeStartedToSignNone() {
    var none =
        new Limits(
            Set.of(Format.X509),
            EnumSet.of(Profile.CLIENT, Profile.SERVER, Profile.BOTH),
            NameLimits.DEFAULT,
            Set.copyOf(SshOptions.DEFAULT.extensions()),
            EnumSet.allOf(Suite.class),
            Duration.ofDays(1),
            Duration.ofDays(100),
            Duration.ofHours(1),
            Duration.ofMinutes(5));
    refused(
        none, canary(Profile.CANARY_SERVER, NOW.plus(Canary.LIFE)), Refusal.PROFILE_NOT_ALLOWED);
  }
}
