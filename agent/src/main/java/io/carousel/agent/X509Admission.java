package io.carousel.agent;

import static io.carousel.agent.Admission.check;

import io.carousel.agent.certificate.Certificates;
import io.carousel.events.Credential;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/** What has to hold of a certificate (RFC 5280) that was asked for. */
final class X509Admission {
  private X509Admission() {}

  static X509Credential read(Admission.Wanted wanted, Trust trust, Credential offered)
      throws CertificateException {
    X509Certificate certificate = Certificates.read(offered.content());
    checkIsOurs(wanted, certificate);
    Trust.Anchor issuer =
        trust
            .issuerOf(certificate)
            .orElseThrow(() ->
                new CertificateException(
                    "it was signed by no CA of bundle %d".formatted(trust.bundle().number())));
    check(
        !trust.revokes(issuer.certificate()),
        "the external root has revoked the certificate of its issuer");
    return new X509Credential(
        wanted.profile(),
        Certificates.serial(certificate),
        issuer.generation(),
        issuer.key(),
        certificate,
        wanted.key().getPrivate(),
        trust.root().isPresent() ? List.of(issuer.certificate()) : List.of());
  }

  private static void checkIsOurs(Admission.Wanted wanted, X509Certificate certificate)
      throws CertificateException {
    check(certificate.getPublicKey().equals(wanted.key().getPublic()), "it certifies another key");
    check(
        Certificates.commonName(certificate).equals(wanted.owner().value()),
        "its subject is somebody else");
    if (wanted.profile().isForClients()) {
      check(Certificates.isForClients(certificate), "it may not be used by TLS clients");
    }
    if (wanted.profile().isForServers()) {
      check(Certificates.isForServers(certificate), "it may not be used by TLS servers");
      check(
          Certificates.dnsNames(certificate).contains(wanted.owner().value()),
          "it does not carry its owner's name as a dNSName");
    }
  }
}
