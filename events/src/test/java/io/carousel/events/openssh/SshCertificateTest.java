package io.carousel.events.openssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import io.carousel.events.openssh.SshCertificateDraft.Kind;
import io.carousel.events.testing.SoftwareKey;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates read back are what was asked for, and what nobody should believe is refused. */
class SshCertificateTest {
  private static final SshCertificateDraft GOOD =
      Drafts.draft(Kind.USER, Drafts.key(Suite.ED25519), Suite.ECDSA_P256, 7, "id");

  @Provide
  Arbitrary<SshCertificateDraft> drafts() {
    return Drafts.any();
  }

  @Property(tries = 300)
  void whatWasWrittenIsReadBack(@ForAll("drafts") SshCertificateDraft draft) {
    SshCertificate certificate = Drafts.signed(draft);
    SshCertificate read = SshCertificate.ofLine(certificate.line("a comment"));
    assertThat(read).isEqualTo(certificate);
    assertThat(read.content()).isEqualTo(draft);
    assertThat(read.toBeSigned()).isEqualTo(draft.toBeSigned());
    assertThat(read.verifies()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void noOtherSignatureHolds(Suite suite) {
    var draft = Drafts.draft(Kind.USER, Drafts.key(Suite.ED25519), suite, 7, "id");
    var other = SoftwareKey.fresh(suite == Suite.RSA_4096 ? Suite.RSA_2048 : suite);
    if (suite != Suite.RSA_4096) {
      assertThat(draft.complete(other.sign(draft.toBeSigned())).verifies()).isFalse();
    }
    Bytes elsewhere = SoftwareKey.of(suite).sign(Bytes.of(new byte[] {1}));
    assertThat(draft.complete(elsewhere).verifies()).isFalse();
    assertThat(Drafts.signed(draft).verifies()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aSignatureOfAnotherFormIsRefused(Suite suite) {
    var draft = Drafts.draft(Kind.USER, Drafts.key(Suite.ED25519), suite, 7, "id");
    byte[] signature = SoftwareKey.of(suite).sign(draft.toBeSigned()).toArray();
    Bytes longer = Bytes.of(java.util.Arrays.copyOf(signature, signature.length + 1));
    assertThatThrownBy(() -> draft.complete(longer)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a,b", "a\n", "a\u0000", "\u00e9", "*", "a?", "#a", " a"})
  void principalsThatAreNoneAreRefused(String principal) {
    assertThatThrownBy(() -> principals(List.of("alice", principal)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("principal");
  }

  @Test
  void thereIsAtLeastOnePrincipalAndNotTooMany() {
    assertThatThrownBy(() -> principals(List.of())).hasMessageContaining("good for all");
    assertThatThrownBy(() -> principals(List.of("a", "a"))).hasMessageContaining("more than once");
    List<String> most = IntStream.range(0, 256).mapToObj(i -> "p" + i).toList();
    var largest = Drafts.signed(principals(most));
    assertThat(SshCertificate.read(largest.blob()).content().principals()).isEqualTo(most);
    List<String> more = IntStream.range(0, 257).mapToObj(i -> "p" + i).toList();
    assertThatThrownBy(() -> principals(more)).hasMessageContaining("257 principals");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\r\nb", "\u001b[2J", "\u202eid", " id"})
  void keyIdsThatAreNoneAreRefused(String id) {
    assertThatThrownBy(
            () -> Drafts.draft(Kind.USER, Drafts.key(Suite.ED25519), Suite.ED25519, 7, id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no key id");
  }

  @Test
  void validityIsWholeSecondsInOrder() {
    Instant from = Drafts.FROM;
    assertThatThrownBy(() -> valid(from, from)).hasMessageContaining("cannot begin");
    assertThatThrownBy(() -> valid(from.plusNanos(1), Drafts.TO)).hasMessageContaining("whole");
    assertThatThrownBy(() -> valid(Instant.ofEpochSecond(-1), from)).hasMessageContaining("1970");
    assertThatThrownBy(() -> valid(from, SshCertificateDraft.LATEST.plusSeconds(1)))
        .hasMessageContaining("9999");
    assertThat(valid(Instant.EPOCH, SshCertificateDraft.LATEST)).isNotNull();
  }

  @Test
  void criticalOptionsThatOpensshWouldRefuseAreRefused() {
    assertThatThrownBy(() -> options(Kind.USER, Map.of("forced-command", "true")))
        .hasMessageContaining("no critical option that OpenSSH knows");
    assertThatThrownBy(() -> options(Kind.HOST, Map.of("force-command", "true")))
        .hasMessageContaining("for hosts");
    assertThatThrownBy(() -> options(Kind.USER, Map.of("force-command", "")))
        .hasMessageContaining("missing");
    assertThatThrownBy(() -> options(Kind.USER, Map.of("verify-required", "yes")))
        .hasMessageContaining("one too many");
    assertThatThrownBy(() -> options(Kind.USER, Map.of("a b", "")))
        .hasMessageContaining("name of an option");
  }

  @Test
  void aSerialNumberIsNotNought() {
    assertThatThrownBy(() -> new SshSerial(0)).hasMessageContaining("0 is no serial number");
    assertThat(SshSerial.of("18446744073709551615")).isEqualTo(new SshSerial(-1));
    assertThatThrownBy(() -> SshSerial.of("18446744073709551616")).hasMessageContaining("is no");
    assertThatThrownBy(() -> SshSerial.of("01")).hasMessageContaining("is no");
  }

  private static SshCertificateDraft principals(List<String> principals) {
    return changed(Kind.USER, principals, Drafts.FROM, Drafts.TO, Map.of());
  }

  private static SshCertificateDraft valid(Instant from, Instant to) {
    return changed(Kind.USER, GOOD.principals(), from, to, Map.of());
  }

  private static SshCertificateDraft options(Kind kind, Map<String, String> critical) {
    return changed(kind, GOOD.principals(), Drafts.FROM, Drafts.TO, critical);
  }

  private static SshCertificateDraft changed(
      Kind kind, List<String> principals, Instant from, Instant to, Map<String, String> critical) {
    return new SshCertificateDraft(
        kind,
        GOOD.nonce(),
        GOOD.key(),
        GOOD.serial(),
        GOOD.keyId(),
        principals,
        from,
        to,
        new TreeMap<>(critical),
        Collections.emptySortedMap(),
        GOOD.signatureKey());
  }
}
