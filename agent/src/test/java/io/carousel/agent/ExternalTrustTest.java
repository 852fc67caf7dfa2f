package io.carousel.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.certificate.Certificates;
import io.carousel.agent.certificate.SoftwareCa;
import io.carousel.agent.certificate.SoftwareRoot;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.RootUse;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a participant lets in below an external root. */
class ExternalTrustTest {
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final SoftwareRoot ROOT = new SoftwareRoot();
  private static final SoftwareCa FIRST = ROOT.ca(FakeHouse.AUTHORITY, 1);
  private static final SoftwareCa OWN =
      new SoftwareCa(FakeHouse.AUTHORITY, 1, new SlotName("hsm-b"));

  private static TrustBundle bundle(
      long number, Optional<TrustBundle.Root> root, SoftwareCa... cas) {
    return new TrustBundle(
        FakeHouse.AUTHORITY,
        number,
        number,
        PhaseName.STANDBY,
        1,
        Digest.of(new byte[0]),
        1,
        1,
        Stream.of(cas).map(SoftwareCa::trusted).toList(),
        root,
        List.of());
  }

  private static Optional<TrustBundle.Root> root(RootUse use, Bytes... crl) {
    return Optional.of(new TrustBundle.Root(use, ROOT.certificate(), Stream.of(crl).findFirst()));
  }

  private static Trust admit(Optional<Trust> held, TrustBundle offered) throws Exception {
    return Admission.admit(FakeHouse.AUTHORITY, held, offered);
  }

  private static void refused(TrustBundle offered, String why) {
    assertThatThrownBy(() -> admit(Optional.empty(), offered))
        .isInstanceOf(UnfitMaterial.class)
        .hasMessageContaining(why);
  }

  @Test
  void whoPinsReportsTheCasAndWhoTrustsTheRootReportsIt() throws Exception {
    Trust pinning = admit(Optional.empty(), bundle(1, root(RootUse.PINNED), FIRST));
    assertThat(pinning.trusted()).containsExactly(FIRST.trusted().key());
    Trust trusting = admit(Optional.empty(), bundle(1, root(RootUse.ROOT), FIRST));
    assertThat(trusting.trusted())
        .containsExactly(Certificates.keyDigest(Certificates.read(ROOT.certificate())));
    assertThat(trusting.keys()).containsExactly(FIRST.trusted().key());
  }

  @Test
  void aCaMustBeOfTheRootThatIsNamed() {
    refused(bundle(1, root(RootUse.PINNED), OWN), "its signature does not hold");
    refused(bundle(1, root(RootUse.ROOT), OWN), "its signature does not hold");
    refused(bundle(1, Optional.empty(), FIRST), "its signature does not hold");
  }

  @Test
  void aRootOrListThatIsNoneIsNotLetIn() {
    Bytes junk = Bytes.of(new byte[] {1, 2, 3});
    refused(
        bundle(1, Optional.of(new TrustBundle.Root(RootUse.ROOT, junk, Optional.empty())), FIRST),
        "the external root in bundle 1 is unfit");
    refused(bundle(1, root(RootUse.ROOT, junk), FIRST), "the CRL of the external root");
    refused(
        bundle(1, root(RootUse.ROOT, new SoftwareRoot().crl(1, false)), FIRST),
        "its signature does not hold");
  }

  @Test
  void aNewListComesWithANewNumber() throws Exception {
    Trust held = admit(Optional.empty(), bundle(1, root(RootUse.ROOT), FIRST));
    TrustBundle same = bundle(1, root(RootUse.ROOT, ROOT.crl(1, false)), FIRST);
    assertThatThrownBy(() -> admit(Optional.of(held), same)).isInstanceOf(UnfitMaterial.class);
    TrustBundle next = bundle(2, root(RootUse.ROOT, ROOT.crl(1, false)), FIRST);
    assertThat(admit(Optional.of(held), next).root().orElseThrow().crl()).isPresent();
  }

  @Test
  void aCredentialIsShownWithItsIssuerWhereTheRootIsTrusted() throws Exception {
    Trust trusting = admit(Optional.empty(), bundle(1, root(RootUse.ROOT), FIRST));
    assertThat(admitted(trusting).chain()).hasSize(2);
    Trust pinning = admit(Optional.empty(), bundle(1, root(RootUse.PINNED), FIRST));
    assertThat(admitted(pinning).chain()).hasSize(1);
  }

  @Test
  void aCredentialOfARevokedIssuerIsNotLetIn() throws Exception {
    Trust trust =
        admit(Optional.empty(), bundle(1, root(RootUse.ROOT, ROOT.crl(1, false, FIRST)), FIRST));
    assertThatThrownBy(() -> admitted(trust))
        .isInstanceOf(UnfitMaterial.class)
        .hasMessageContaining("has revoked the certificate of its issuer");
  }

  private static X509Credential admitted(Trust trust) throws UnfitMaterial {
    KeyPair key = OwnCredential.newKey();
    Instant now = Instant.now();
    Credential issued =
        FIRST.issue(
            WEB, Profile.CLIENT, key.getPublic(), now.minusSeconds(60), now.plusSeconds(600), 1);
    var wanted =
        new Admission.Wanted(WEB, new Use(Format.X509, Profile.CLIENT), key, Optional.empty());
    return (X509Credential) Admission.admit(wanted, trust, issued, now);
  }

  @Test
  void onlyCasBelowTheRootAreRevokedByItsList() throws Exception {
    Trust trust =
        admit(Optional.empty(), bundle(1, root(RootUse.ROOT, ROOT.crl(1, false, FIRST)), FIRST));
    assertThat(trust.revokes(Certificates.read(FIRST.certificate()))).isTrue();
    for (Bytes other : List.of(OWN.certificate(), ROOT.ca(FakeHouse.AUTHORITY, 3).certificate())) {
      assertThat(trust.revokes(Certificates.read(other))).isFalse();
    }
  }
}
