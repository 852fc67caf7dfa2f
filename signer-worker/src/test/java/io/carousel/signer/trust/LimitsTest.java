package io.carousel.signer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.KeyId;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.signer.Asked;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LimitsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final Bytes SOME = Bytes.of(new byte[1]);
  private static final Limits LIMITS =
      new Limits(
          Set.of(Profile.CLIENT),
          Set.of(Suite.ECDSA_P256),
          Duration.ofDays(1),
          Duration.ofDays(100),
          Duration.ofHours(1),
          Duration.ofMinutes(5));

  record Case(String what, SigningCommand command, Refusal refusal) {
    @Override
    public String toString() {
      return what;
    }
  }

  static List<Case> refusals() {
    return List.of(
        new Case(
            "a suite for keys",
            new GenerateKey(Asked.id(), Asked.USER, 1, SLOT, Suite.RSA_2048),
            Refusal.SUITE_NOT_ALLOWED),
        new Case("a suite for CAs", ca(Suite.ED25519, NOW, days(1)), Refusal.SUITE_NOT_ALLOWED),
        new Case(
            "a long-lived CA",
            ca(Suite.ECDSA_P256, NOW, days(100).plusSeconds(1)),
            Refusal.LIFETIME_TOO_LONG),
        new Case(
            "a CA of the past",
            ca(Suite.ECDSA_P256, NOW.minus(days(2)), days(1)),
            Refusal.BAD_VALIDITY),
        new Case("a profile", leaf().profile(Profile.BOTH).command(), Refusal.PROFILE_NOT_ALLOWED),
        new Case(
            "a suite for leaves",
            leaf().suite(Suite.RSA_4096).command(),
            Refusal.SUITE_NOT_ALLOWED),
        new Case(
            "a long-lived leaf",
            leaf().lifetime(days(1).plusSeconds(1)).command(),
            Refusal.LIFETIME_TOO_LONG),
        new Case(
            "an old leaf",
            leaf().from(NOW.minus(Duration.ofMinutes(61))).command(),
            Refusal.BAD_VALIDITY),
        new Case(
            "a leaf of the past",
            leaf().from(NOW.minusSeconds(60)).lifetime(Duration.ofSeconds(60)).command(),
            Refusal.BAD_VALIDITY),
        new Case("a late command", leaf().deadline(NOW.minusMillis(1)).command(), Refusal.LATE),
        new Case(
            "a command for later",
            leaf().deadline(NOW.plusSeconds(301)).command(),
            Refusal.DEADLINE_TOO_FAR));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatLiesBeyondIsRefused(Case c) {
    assertThatThrownBy(() -> LIMITS.check(c.command(), NOW))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.why()).isEqualTo(c.refusal()));
  }

  @Test
  void whatLiesWithinPasses() {
    for (SigningCommand command :
        List.of(
            leaf().command(),
            leaf().deadline(NOW).command(),
            leaf().deadline(NOW.plusSeconds(300)).lifetime(days(1)).command(),
            leaf().from(NOW.minus(Duration.ofHours(1))).lifetime(days(1)).command(),
            ca(Suite.ECDSA_P256, NOW, days(100)),
            Asked.key(SLOT, Suite.ECDSA_P256))) {
      assertThatCode(() -> LIMITS.check(command, NOW)).doesNotThrowAnyException();
    }
  }

  @Test
  void limitsUnderWhichNothingCouldBeSignedAreRefusedAtOnce() {
    assertThatThrownBy(() ->
            new Limits(
                Set.of(),
                Set.of(),
                Duration.ZERO,
                Duration.ofDays(1),
                Duration.ofDays(-1),
                Duration.ofDays(1)))
        .hasMessageContainingAll("no profile", "no suite", "leaf lifetime", "backdating");
  }

  private static Duration days(int number) {
    return Duration.ofDays(number);
  }

  private static SigningCommand ca(Suite suite, Instant from, Duration lifetime) {
    return new SignCaCertificate(
        Asked.id(),
        Asked.USER,
        1,
        SLOT,
        new KeyId("00"),
        SOME,
        suite,
        new CaDraft("CN=a", Asked.serial(), from, from.plus(lifetime)));
  }

  private static Leaf leaf() {
    return new Leaf(
        Suite.ECDSA_P256, Profile.CLIENT, NOW, Duration.ofHours(1), NOW.plusSeconds(30));
  }

  private record Leaf(
      Suite suite, Profile profile, Instant from, Duration lifetime, Instant deadline) {
    Leaf suite(Suite other) {
      return new Leaf(other, profile, from, lifetime, deadline);
    }

    Leaf profile(Profile other) {
      return new Leaf(suite, other, from, lifetime, deadline);
    }

    Leaf from(Instant other) {
      return new Leaf(suite, profile, other, lifetime, deadline);
    }

    Leaf lifetime(Duration other) {
      return new Leaf(suite, profile, from, other, deadline);
    }

    Leaf deadline(Instant other) {
      return new Leaf(suite, profile, from, lifetime, other);
    }

    SignLeaf command() {
      return new SignLeaf(
          Asked.id(),
          Asked.USER,
          1,
          SLOT,
          new KeyId("00"),
          suite,
          SOME,
          new ParticipantName("web-1"),
          SOME.digest(),
          profile,
          SOME,
          Asked.serial(),
          from,
          from.plus(lifetime),
          1,
          deadline);
    }
  }
}
