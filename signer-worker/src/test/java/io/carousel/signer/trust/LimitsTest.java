package io.carousel.signer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.LeafOrder;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.signer.Asked;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LimitsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final Bytes SOME = Bytes.of(new byte[1]);
  private static final KeyGenerated MADE =
      new KeyGenerated(Asked.id(), SLOT, new KeyId("00"), SOME, SOME);
  private static final Limits LIMITS =
      new Limits(
          Set.of(Format.X509, Format.SSH),
          Set.of(Profile.CLIENT),
          new NameLimits(
              Stream.of("dns:*", "ip:*", "uri:*", "email:*@example.org", "principal:*")
                  .map(NameLimits.Pattern::new)
                  .toList(),
              Stream.of("principal:root", "dns:*.secret.example")
                  .map(NameLimits.Pattern::new)
                  .toList(),
              false),
          Set.of("permit-pty", "force-command"),
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
        new Case("a suite for keys", Asked.key(SLOT, Suite.RSA_2048), Refusal.SUITE_NOT_ALLOWED),
        new Case(
            "a key that it did not make",
            new AdoptKey(
                Asked.id(),
                1,
                Asked.USER,
                1,
                SLOT,
                Format.X509,
                Suite.ECDSA_P256,
                new KeyId("01"),
                false),
            Refusal.ADOPTION_NOT_ALLOWED),
        new Case("a suite for CAs", ca(Suite.ED25519, NOW, days(1)), Refusal.SUITE_NOT_ALLOWED),
        new Case(
            "a long-lived CA",
            ca(Suite.ECDSA_P256, NOW, days(100).plusSeconds(1)),
            Refusal.LIFETIME_TOO_LONG),
        new Case(
            "a CA of the past",
            ca(Suite.ECDSA_P256, NOW.minus(days(2)), days(1)),
            Refusal.BAD_VALIDITY),
        new Case(
            "a format for keys",
            Asked.key(SLOT, Format.JWT, Suite.ECDSA_P256),
            Refusal.FORMAT_NOT_ALLOWED),
        new Case(
            "a format for leaves",
            token(Asked.key(SLOT, Format.JWT, Suite.ECDSA_P256)),
            Refusal.FORMAT_NOT_ALLOWED),
        new Case("a long CRL", crl(Suite.ECDSA_P256, NOW, days(101)), Refusal.LIFETIME_TOO_LONG),
        new Case(
            "a CRL of the past",
            crl(Suite.ECDSA_P256, NOW.minus(days(2)), days(1)),
            Refusal.BAD_VALIDITY),
        new Case("a suite for CRLs", crl(Suite.RSA_2048, NOW, days(1)), Refusal.SUITE_NOT_ALLOWED),
        new Case("a suite for requests", request(Suite.RSA_2048), Refusal.SUITE_NOT_ALLOWED),
        new Case("a name", named("email:a@example.com"), Refusal.NAME_NOT_ALLOWED),
        new Case("a wildcard", named("dns:*.example"), Refusal.NAME_NOT_ALLOWED),
        new Case("a forbidden name", named("dns:a.secret.example"), Refusal.NAME_NOT_ALLOWED),
        new Case(
            "the name of another participant",
            named("uri:carousel:house/user/web-2"),
            Refusal.NAME_NOT_ALLOWED),
        new Case("one name of many", named("dns:a", "email:b@c"), Refusal.NAME_NOT_ALLOWED),
        new Case("the superuser", ssh(List.of("root"), SshOptions.NONE), Refusal.NAME_NOT_ALLOWED),
        new Case("no principal", ssh(List.of("a,root"), SshOptions.NONE), Refusal.BAD_CONTENT),
        new Case("no participant", participant("a..b"), Refusal.BAD_CONTENT),
        new Case(
            "10,000 principals", ssh(principals(10_000), SshOptions.NONE), Refusal.BAD_CONTENT),
        new Case("257 principals", ssh(principals(257), SshOptions.NONE), Refusal.BAD_CONTENT),
        new Case("10,000 names", leafNamed(names(10_000)), Refusal.BAD_CONTENT),
        new Case(
            "an extension",
            ssh(List.of("a"), new SshOptions(List.of("permit-X11-forwarding"), new TreeMap<>())),
            Refusal.OPTION_NOT_ALLOWED),
        new Case(
            "a critical option",
            ssh(
                List.of("a"),
                new SshOptions(
                    List.of(), new TreeMap<>(java.util.Map.of("source-address", "10.0.0.0/8")))),
            Refusal.OPTION_NOT_ALLOWED),
        new Case(
            "a leaf for later", leaf().from(NOW.plusSeconds(301)).command(), Refusal.BAD_VALIDITY),
        new Case(
            "a leaf that ends before it begins",
            leaf().from(NOW.plusSeconds(60)).lifetime(Duration.ofSeconds(-30)).command(),
            Refusal.BAD_VALIDITY),
        new Case(
            "fractions of seconds", leaf().from(NOW.plusMillis(1)).command(), Refusal.BAD_VALIDITY),
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
            crl(Suite.ECDSA_P256, NOW, days(100)),
            named("dns:a.example", "ip:192.0.2.1", "uri:spiffe://a/b", "email:a@example.org"),
            leafNamed(names(256)),
            ssh(principals(256), new SshOptions(List.of("permit-pty"), new TreeMap<>())),
            ssh(List.of("a"), SshOptions.NONE),
            Asked.destroy(Asked.key(SLOT, Format.JWT, Suite.RSA_2048), MADE),
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
                NameLimits.DEFAULT,
                Set.of(),
                Set.of(),
                Duration.ZERO,
                Duration.ofDays(1),
                Duration.ofDays(-1),
                Duration.ofDays(1)))
        .hasMessageContainingAll(
            "no format", "no profile", "no suite", "leaf lifetime", "backdating");
  }

  private static Duration days(int number) {
    return Duration.ofDays(number);
  }

  private static SigningCommand ca(Suite suite, Instant from, Duration lifetime) {
    return new SignCaCertificate(
        Asked.id(),
        1,
        Asked.USER,
        1,
        SLOT,
        new KeyId("00"),
        SOME,
        suite,
        new CaDraft("CN=a", Asked.serial(), from, from.plus(lifetime)));
  }

  private static SigningCommand crl(Suite suite, Instant from, Duration lifetime) {
    return new SignCrl(
        Asked.id(),
        1,
        Asked.USER,
        1,
        SLOT,
        new KeyId("00"),
        SOME,
        suite,
        SOME,
        new CrlDraft(CrlNumber.of(1), from, from.plus(lifetime), List.of()));
  }

  private static SigningCommand request(Suite suite) {
    return new SignCaRequest(
        Asked.id(), 1, Asked.USER, 1, SLOT, new KeyId("00"), SOME, suite, "CN=a");
  }

  private static SigningCommand named(String... names) {
    return leafNamed(Stream.of(names).map(SubjectName::new).toList());
  }

  private static SigningCommand leafNamed(List<SubjectName> names) {
    return Asked.leaf(leaf().command(), names, Optional.empty());
  }

  private static List<SubjectName> names(int number) {
    return IntStream.range(0, number).mapToObj(i -> new SubjectName("dns:n" + i)).toList();
  }

  private static List<String> principals(int number) {
    return IntStream.range(0, number).mapToObj(i -> "p" + i).toList();
  }

  private static SigningCommand participant(String name) {
    return Asked.with(leaf().command(), o -> o.participant = new ParticipantName(name));
  }

  private static SigningCommand ssh(List<String> principals, SshOptions options) {
    LeafOrder order = leaf().command().order();
    return new SignSshCertificate(order, SOME, SOME, "a", principals, options, SOME);
  }

  private static SigningCommand token(GenerateKey key) {
    return Asked.with(
        Asked.token(key, MADE, SOME, "a"),
        o -> {
          o.notBefore = NOW;
          o.notAfter = NOW.plusSeconds(60);
          o.deadline = NOW.plusSeconds(30);
        });
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
      var order =
          new LeafOrder(
              Asked.id(),
              Asked.USER,
              1,
              SLOT,
              new KeyId("00"),
              suite,
              new ParticipantName("web-1"),
              SOME.digest(),
              profile,
              Asked.serial(),
              from,
              from.plus(lifetime),
              1,
              deadline);
      return new SignLeaf(order, SOME, SOME, List.of(), Optional.empty());
    }
  }
}
