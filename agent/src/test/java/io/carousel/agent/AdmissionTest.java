package io.carousel.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.certificate.Certificates;
import io.carousel.agent.certificate.SoftwareCa;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What a participant lets in, and what it keeps out. */
class AdmissionTest {
  private static final AuthorityName DB = FakeHouse.AUTHORITY;
  private static final SoftwareCa FIRST = new SoftwareCa(DB, 1, new SlotName("hsm-a"));
  private static final SoftwareCa SECOND = new SoftwareCa(DB, 2, new SlotName("hsm-a"));
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final KeyPair KEY = OwnCredential.newKey();
  private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");

  private static TrustBundle bundle(
      long number, long sequence, PhaseName phase, int generation, SoftwareCa... cas) {
    List<TrustedKey> trusted = Stream.of(cas).map(SoftwareCa::trusted).toList();
    Digest challenge = Digest.of(new byte[] {(byte) sequence});
    return new TrustBundle(
        DB, number, sequence, phase, sequence, challenge, generation, generation, trusted);
  }

  private static Trust standby(SoftwareCa... cas) throws UnfitMaterial {
    return Trust.of(bundle(3, 30, PhaseName.STANDBY, cas[0].generation(), cas));
  }

  private static Credential issue(
      SoftwareCa ca, ParticipantName name, Profile profile, KeyPair key) {
    return ca.issue(name, profile, key.getPublic(), NOW.minusSeconds(60), NOW.plusSeconds(600), 3);
  }

  private static Admission.Wanted wanted(Profile profile, Optional<OwnCredential> held) {
    return new Admission.Wanted(WEB, new Use(Format.X509, profile), KEY, held);
  }

  private static void assertRefused(TrustBundle offered, String why) {
    assertThatThrownBy(() -> Admission.admit(DB, Optional.of(standby(FIRST)), offered))
        .isInstanceOf(UnfitMaterial.class)
        .hasMessageContaining(why);
  }

  private static void assertRefused(Trust trust, Credential offered, String why) {
    assertThatThrownBy(
            () -> Admission.admit(wanted(Profile.CLIENT, Optional.empty()), trust, offered, NOW))
        .isInstanceOf(UnfitMaterial.class)
        .hasMessageContaining(why);
  }

  @Test
  void aNewerBundleIsLetIn() throws Exception {
    TrustBundle newer = bundle(4, 31, PhaseName.INIT, 1, FIRST, SECOND);
    Trust trust = Admission.admit(DB, Optional.of(standby(FIRST)), newer);
    assertThat(trust.bundle()).isEqualTo(newer);
    assertThat(trust.anchors()).extracting(Trust.Anchor::generation).containsExactly(1, 2);
  }

  @Test
  void anOtherAuthoritysBundleIsNot() {
    var other =
        new TrustBundle(
            new AuthorityName("host"),
            4,
            31,
            PhaseName.STANDBY,
            31,
            Digest.of(new byte[0]),
            1,
            1,
            List.of(FIRST.trusted()));
    assertRefused(other, "authority 'host'");
  }

  @Test
  void aBundleThatGoesBackIsNot() {
    assertRefused(bundle(2, 31, PhaseName.STANDBY, 1, FIRST), "never go back");
    assertRefused(bundle(3, 29, PhaseName.STANDBY, 1, FIRST), "as of event 29");
  }

  @Test
  void aBundleThatChangesUnderItsNumberIsNot() {
    assertRefused(bundle(3, 31, PhaseName.STANDBY, 1, FIRST, SECOND), "other CAs");
  }

  @Test
  void aBundleThatTrustsNobodyIsNot() {
    assertRefused(bundle(4, 31, PhaseName.STANDBY, 0), "trusts nobody");
  }

  @Test
  void aBundleThatAsksForCredentialsItDoesNotTrustIsNot() {
    assertRefused(bundle(4, 31, PhaseName.STANDBY, 2, FIRST), "generation 2");
  }

  /** Of a CA elsewhere: trusted, in no slot, and nothing is issued by it here. */
  @Test
  void aKeyFromElsewhereIsTrustedAndNobodyIsAskedToPresentIt() throws Exception {
    TrustBundle good = bundle(4, 31, PhaseName.STANDBY, 0, FIRST);
    var bundle =
        new TrustBundle(
            DB,
            4,
            31,
            PhaseName.STANDBY,
            31,
            good.challenge(),
            0,
            0,
            List.of(elsewhere(FIRST.certificate())));
    Trust trust = Admission.admit(DB, Optional.empty(), bundle);
    assertThat(trust.anchors()).hasSize(1);
    assertThat(trust.anchors().getFirst().slot()).isEmpty();
    assertThat(trust.trustsGeneration(1)).isTrue();
  }

  @Test
  void whatIsUnfitFromElsewhereIsNamedSo() {
    TrustBundle good = bundle(4, 31, PhaseName.STANDBY, 1, FIRST);
    var bad =
        new TrustBundle(
            DB,
            4,
            31,
            PhaseName.STANDBY,
            31,
            good.challenge(),
            0,
            0,
            List.of(elsewhere(SECOND.certificate())));
    assertRefused(bad, "the CA certificate of generation 1 from elsewhere is unfit");
  }

  private static TrustedKey elsewhere(Bytes certificate) {
    TrustedKey key = FIRST.trusted();
    return new TrustedKey(
        1,
        Optional.empty(),
        Format.X509,
        key.publicKey(),
        Optional.of(certificate),
        key.key(),
        false);
  }

  /** That key with another certificate. */
  private static TrustedKey shown(Bytes certificate, TrustedKey key) {
    return new TrustedKey(
        key.generation(),
        key.slot(),
        key.format(),
        key.publicKey(),
        Optional.of(certificate),
        key.key(),
        false);
  }

  @Test
  void aBundleWithAnotherKeyThanItNamesIsNot() {
    TrustedKey lie = shown(SECOND.certificate(), FIRST.trusted());
    TrustBundle good = bundle(4, 31, PhaseName.STANDBY, 1, FIRST);
    var bad =
        new TrustBundle(DB, 4, 31, PhaseName.STANDBY, 31, good.challenge(), 1, 1, List.of(lie));
    assertRefused(bad, "not the one that the bundle names");
  }

  @Test
  void aBundleWithoutTheCertificateIsNot() {
    TrustedKey key = FIRST.trusted();
    var bare =
        new TrustedKey(
            key.generation(),
            key.slot(),
            key.format(),
            key.publicKey(),
            Optional.empty(),
            key.key(),
            false);
    TrustBundle good = bundle(4, 31, PhaseName.STANDBY, 1, FIRST);
    var bad =
        new TrustBundle(DB, 4, 31, PhaseName.STANDBY, 31, good.challenge(), 1, 1, List.of(bare));
    assertRefused(bad, "there is none in the bundle");
  }

  /** A participant of certificates need not know what the keys of other formats are. */
  @Test
  void keysOfOtherFormatsAreNoAnchors() throws Exception {
    TrustedKey key = SECOND.trusted();
    var ssh =
        new TrustedKey(
            1, key.slot(), Format.SSH, key.publicKey(), Optional.empty(), key.key(), false);
    TrustBundle good = bundle(4, 31, PhaseName.STANDBY, 1, FIRST);
    var both =
        new TrustBundle(
            DB,
            4,
            31,
            PhaseName.STANDBY,
            31,
            good.challenge(),
            1,
            1,
            List.of(FIRST.trusted(), ssh));
    Trust trust = Admission.admit(DB, Optional.empty(), both);
    assertThat(trust.keys()).containsExactly(FIRST.trusted().key());
  }

  @Test
  void aBundleWithALeafInItIsNot() {
    Credential leaf = issue(FIRST, WEB, Profile.CLIENT, KEY);
    Bytes spki = Bytes.of(KEY.getPublic().getEncoded());
    var lie =
        new TrustedKey(
            1,
            new SlotName("hsm-a"),
            Format.X509,
            spki,
            Optional.of(leaf.content()),
            spki.digest());
    var bad =
        new TrustBundle(
            DB, 4, 31, PhaseName.STANDBY, 31, Digest.of(new byte[0]), 1, 1, List.of(lie));
    assertRefused(bad, "no CA certificate");
  }

  @Test
  void whatWasAskedForIsLetIn() throws Exception {
    for (Profile profile : Profile.values()) {
      Credential issued = issue(FIRST, WEB, profile, KEY);
      OwnCredential own =
          Admission.admit(wanted(profile, Optional.empty()), standby(FIRST), issued, NOW);
      assertThat(own.serial()).isEqualTo(issued.serial());
      assertThat(own.generation()).isEqualTo(1);
      assertThat(own.issuerKey()).isEqualTo(FIRST.trusted().key());
    }
  }

  @Test
  void whatWasNotAskedForIsNot() throws Exception {
    Trust trust = standby(FIRST);
    Credential good = issue(FIRST, WEB, Profile.CLIENT, KEY);
    assertRefused(trust, issue(FIRST, WEB, Profile.SERVER, KEY), "another format or profile");
    assertRefused(trust, relabelled(issue(FIRST, WEB, Profile.SERVER, KEY)), "TLS clients");
    for (Format format : List.of(Format.SSH, Format.JWT)) {
      assertRefused(trust, of(format, good), "another format or profile");
    }
    assertRefused(
        trust, issue(FIRST, new ParticipantName("web-2"), Profile.CLIENT, KEY), "somebody else");
    assertRefused(trust, issue(FIRST, WEB, Profile.CLIENT, OwnCredential.newKey()), "another key");
    assertRefused(trust, issue(SECOND, WEB, Profile.CLIENT, KEY), "no CA of bundle");
    assertRefused(trust, with(good, 2, good.serial()), "its issuer is of another generation");
    assertRefused(trust, with(good, 1, new Serial("1")), "serial number");
  }

  private static Credential of(Format format, Credential c) {
    return new Credential(
        c.authority(),
        c.generation(),
        format,
        c.profile(),
        c.serial(),
        c.content(),
        c.chain(),
        c.bundle());
  }

  private static Credential relabelled(Credential c) {
    return new Credential(
        c.authority(),
        1,
        c.format(),
        Profile.CLIENT,
        c.serial(),
        c.content(),
        c.chain(),
        c.bundle());
  }

  private static Credential with(Credential c, int generation, Serial serial) {
    return new Credential(
        c.authority(),
        generation,
        c.format(),
        c.profile(),
        serial,
        c.content(),
        c.chain(),
        c.bundle());
  }

  @Test
  void whatIsNotValidNowIsNot() throws Exception {
    Credential issued = issue(FIRST, WEB, Profile.CLIENT, KEY);
    Admission.Wanted wanted = wanted(Profile.CLIENT, Optional.empty());
    assertThatThrownBy(() -> Admission.admit(wanted, standby(FIRST), issued, NOW.plusSeconds(700)))
        .hasMessageContaining("expired");
    assertThatThrownBy(() -> Admission.admit(wanted, standby(FIRST), issued, NOW.minusSeconds(70)))
        .hasMessageContaining("not valid yet");
  }

  private static OwnCredential held(SoftwareCa issuer) throws UnfitMaterial {
    return Admission.admit(
        wanted(Profile.CLIENT, Optional.empty()),
        standby(issuer),
        issue(issuer, WEB, Profile.CLIENT, KEY),
        NOW);
  }

  @Test
  void anOlderGenerationIsLetInOnlyByARollback() throws Exception {
    var holdsSecond = wanted(Profile.CLIENT, Optional.of(held(SECOND)));
    Credential older = issue(FIRST, WEB, Profile.CLIENT, KEY);
    Trust rollback = Trust.of(bundle(4, 31, PhaseName.ROLLBACK, 1, FIRST, SECOND));
    assertThat(Admission.admit(holdsSecond, rollback, older, NOW).generation()).isEqualTo(1);
    for (PhaseName phase : List.of(PhaseName.STANDBY, PhaseName.INIT)) {
      Trust other = Trust.of(bundle(4, 31, phase, 1, FIRST, SECOND));
      assertThatThrownBy(() -> Admission.admit(holdsSecond, other, older, NOW))
          .hasMessageContaining("no rollback is under way");
    }
    Trust movedOn = Trust.of(bundle(4, 31, PhaseName.UPDATE_CLIENTS, 2, FIRST, SECOND));
    assertThatThrownBy(() -> Admission.admit(holdsSecond, movedOn, older, NOW))
        .hasMessageContaining("generation 1 where 2 is due");
  }

  @Test
  void whoSleptThroughARollbackComesBack() throws Exception {
    var holdsSecond = wanted(Profile.CLIENT, Optional.of(held(SECOND)));
    Credential older = issue(FIRST, WEB, Profile.CLIENT, KEY);
    assertThat(Admission.admit(holdsSecond, standby(FIRST), older, NOW).generation()).isEqualTo(1);
  }

  @Test
  void aHouseThatIsAheadOfTheBundleIsBelievedUnlessItRollsBack() throws Exception {
    var holdsFirst = wanted(Profile.CLIENT, Optional.of(held(FIRST)));
    Credential newer = issue(SECOND, WEB, Profile.CLIENT, KEY);
    Trust init = Trust.of(bundle(4, 31, PhaseName.INIT, 1, FIRST, SECOND));
    assertThat(Admission.admit(holdsFirst, init, newer, NOW).generation()).isEqualTo(2);
    Trust rollback = Trust.of(bundle(4, 31, PhaseName.ROLLBACK, 1, FIRST, SECOND));
    assertThatThrownBy(() -> Admission.admit(holdsFirst, rollback, newer, NOW))
        .hasMessageContaining("being rolled back");
  }

  @Property(tries = 400)
  void noFlippedBitIsLetIn(@ForAll @IntRange(max = 100_000) int position) throws Exception {
    Credential good = issue(FIRST, WEB, Profile.CLIENT, KEY);
    byte[] der = good.content().toArray();
    der[position / 8 % der.length] ^= (byte) (1 << position % 8);
    var bad =
        new Credential(
            DB, 1, Format.X509, Profile.CLIENT, good.serial(), Bytes.of(der), good.chain(), 3);
    assertThatThrownBy(() ->
            Admission.admit(wanted(Profile.CLIENT, Optional.empty()), standby(FIRST), bad, NOW))
        .isInstanceOf(UnfitMaterial.class);
  }

  /** Of which the JDK takes no notice. */
  @Test
  void aSignatureWithUnusedBitsIsNotTrusted() throws Exception {
    byte[] der = FIRST.certificate().toArray();
    int unused = der.length - Certificates.read(FIRST.certificate()).getSignature().length - 1;
    for (int bits = 1; bits <= 7; bits++) {
      der[unused] = (byte) bits;
      TrustedKey ca = shown(Bytes.of(der), FIRST.trusted());
      var bad =
          new TrustBundle(DB, 4, 31, PhaseName.STANDBY, 31, Digest.of(der), 1, 1, List.of(ca));
      assertThatThrownBy(() -> Admission.admit(DB, Optional.empty(), bad))
          .isInstanceOf(UnfitMaterial.class);
    }
  }

  @Property(tries = 400)
  void noFlippedBitIsTrusted(@ForAll @IntRange(max = 100_000) int position) {
    byte[] der = FIRST.certificate().toArray();
    der[position / 8 % der.length] ^= (byte) (1 << position % 8);
    TrustedKey ca = shown(Bytes.of(der), FIRST.trusted());
    TrustBundle good = bundle(4, 31, PhaseName.STANDBY, 1, FIRST);
    var bad =
        new TrustBundle(DB, 4, 31, PhaseName.STANDBY, 31, good.challenge(), 1, 1, List.of(ca));
    assertThatThrownBy(() -> Admission.admit(DB, Optional.empty(), bad))
        .isInstanceOf(UnfitMaterial.class);
  }
}
