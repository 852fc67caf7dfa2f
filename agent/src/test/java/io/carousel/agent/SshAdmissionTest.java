package io.carousel.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SshAdmissionTest {
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final SoftwareSshCa FIRST = new SoftwareSshCa(1);
  private static final SoftwareSshCa SECOND = new SoftwareSshCa(2);
  private static final KeyPair KEY = OwnCredential.newKey();

  private static Trust trust(SoftwareSshCa... trusted) throws UnfitMaterial {
    return Trust.of(SoftwareSshCa.bundle(1, 1, trusted));
  }

  private static Admission.Wanted wanted(Profile profile) {
    return new Admission.Wanted(WEB, new Use(Format.SSH, profile), KEY, Optional.empty());
  }

  private static void refused(Credential offered, Profile profile, String why) {
    assertThatThrownBy(() -> Admission.admit(wanted(profile), trust(FIRST), offered, Instant.now()))
        .isInstanceOf(UnfitMaterial.class)
        .hasMessageContaining(why);
  }

  @Test
  void whatWasAskedForIsAdmitted() throws Exception {
    for (Profile profile : new Profile[] {Profile.CLIENT, Profile.SERVER}) {
      Credential issued = FIRST.issue(profile, KEY.getPublic(), 7);
      OwnCredential own = Admission.admit(wanted(profile), trust(FIRST), issued, Instant.now());
      assertThat(own.use()).isEqualTo(new Use(Format.SSH, profile));
      assertThat(own.serial()).isEqualTo(new Serial("7"));
      assertThat(own.issuerKey()).isEqualTo(FIRST.trusted().key());
      assertThat(Duration.between(own.notBefore(), own.notAfter()))
          .isEqualTo(Duration.ofMinutes(61));
    }
  }

  @Test
  void whatIsSomethingElseIsRefused() {
    Credential host = FIRST.issue(Profile.SERVER, KEY.getPublic(), 7);
    refused(host, Profile.CLIENT, "another format or profile");
    refused(
        changed(host, Profile.CLIENT, host.serial(), 1, host.content()),
        Profile.CLIENT,
        "certificate of a host");
    refused(
        changed(host, Profile.SERVER, new Serial("8"), 1, host.content()),
        Profile.SERVER,
        "serial number is another");
    refused(
        changed(host, Profile.SERVER, host.serial(), 2, host.content()),
        Profile.SERVER,
        "of another generation");
    refused(
        FIRST.issue(Profile.SERVER, OwnCredential.newKey().getPublic(), 7),
        Profile.SERVER,
        "certifies another key");
    refused(
        SECOND.issue(Profile.SERVER, KEY.getPublic(), 7),
        Profile.SERVER,
        "signed by no CA of bundle 1");
  }

  @Test
  void whatIsNoCertificateIsRefusedAndSoIsOneThatWasTamperedWith() {
    Credential host = FIRST.issue(Profile.SERVER, KEY.getPublic(), 7);
    byte[] blob = host.content().toArray();
    refused(
        changed(host, Profile.SERVER, host.serial(), 1, Bytes.of(new byte[] {0, 0, 0, 9})),
        Profile.SERVER,
        "is unfit");
    blob[blob.length - 1] ^= 1;
    refused(
        changed(host, Profile.SERVER, host.serial(), 1, Bytes.of(blob)),
        Profile.SERVER,
        "signature does not hold");
  }

  @Test
  void aBundleWhoseKeyIsNotWhatItSaysIsRefused() {
    var key = FIRST.trusted();
    var wrong =
        new io.carousel.events.TrustBundle.TrustedKey(
            1,
            key.slot(),
            Format.SSH,
            key.publicKey(),
            Optional.empty(),
            SECOND.trusted().key(),
            false);
    var bundle = SoftwareSshCa.bundle(1, 1, FIRST);
    var changed =
        new io.carousel.events.TrustBundle(
            bundle.authority(),
            1,
            10,
            bundle.phase(),
            10,
            bundle.challenge(),
            1,
            1,
            java.util.List.of(wrong));
    assertThatThrownBy(() -> Trust.of(changed))
        .isInstanceOf(UnfitMaterial.class)
        .hasMessageContaining("ssh key of generation 1 on slot 'hsm-a' is unfit");
  }

  private static Credential changed(
      Credential of, Profile profile, Serial serial, int generation, Bytes content) {
    return new Credential(
        of.authority(), generation, Format.SSH, profile, serial, content, of.chain(), of.bundle());
  }
}
