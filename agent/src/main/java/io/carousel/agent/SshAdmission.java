package io.carousel.agent;

import static io.carousel.agent.Admission.check;

import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Serial;
import io.carousel.events.TrustBundle;
import io.carousel.events.openssh.SshCertificate;
import io.carousel.events.openssh.SshCertificateDraft.Kind;
import io.carousel.events.openssh.UnreadableSsh;
import java.security.cert.CertificateException;

/** What has to hold of an OpenSSH certificate (PROTOCOL.certkeys) that was asked for. */
final class SshAdmission {
  private SshAdmission() {}

  static SshCredential read(Admission.Wanted wanted, Trust trust, Credential offered)
      throws CertificateException {
    SshCertificate certificate = certificate(offered.content());
    check(
        certificate.content().key().spki().equals(Bytes.of(wanted.key().getPublic().getEncoded())),
        "it certifies another key");
    check(
        certificate.content().kind() == (wanted.profile().isForServers() ? Kind.HOST : Kind.USER),
        "it is a certificate of a " + certificate.content().kind().wire());
    TrustBundle.TrustedKey issuer = issuer(trust, certificate);
    return new SshCredential(
        wanted.profile(),
        new Serial(Long.toHexString(certificate.content().serial().bits())),
        issuer.generation(),
        issuer.key(),
        certificate,
        wanted.key().getPrivate());
  }

  private static SshCertificate certificate(Bytes blob) throws CertificateException {
    try {
      return SshCertificate.read(blob);
    } catch (UnreadableSsh e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  private static TrustBundle.TrustedKey issuer(Trust trust, SshCertificate certificate)
      throws CertificateException {
    Digest key = certificate.content().signatureKey().spki().digest();
    TrustBundle.TrustedKey issuer =
        trust.bundle().trusted(Format.SSH).stream()
            .filter(k -> k.key().equals(key))
            .findFirst()
            .orElseThrow(() ->
                new CertificateException(
                    "it was signed by no CA of bundle %d".formatted(trust.bundle().number())));
    check(certificate.verifies(), "its signature does not hold");
    return issuer;
  }
}
