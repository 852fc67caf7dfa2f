package io.carousel.orchestrator.evidence;

import io.carousel.events.Canary;
import io.carousel.events.HouseId;
import io.carousel.events.Report;
import io.carousel.events.Report.Tried;
import io.carousel.events.Serial;
import io.carousel.events.Statements;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Evidence.ShownCanary;
import io.carousel.orchestrator.rules.Generation;
import io.carousel.orchestrator.rules.Key;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Whether a report speaks of a canary of its authority, made for its sender, which it held. A
 * canary shows that by itself for as long as its authority knows the certificate above it, however
 * long ago it ended: nobody need remember that it was issued.
 */
final class CanaryCheck {
  /** Of a name in X509Certificate#getSubjectAlternativeNames (RFC 5280, section 4.2.1.6). */
  private static final int DNS = 2;

  private static final int URI = 6;

  private CanaryCheck() {}

  /** What was shown by it; empty if it shows nothing. */
  static Optional<ShownCanary> of(HouseId house, Authority authority, Report report, Tried tried) {
    try {
      X509Certificate canary = read(tried);
      return isFor(house, authority, report, canary) && held(house, report, tried, canary)
          ? signer(authority, canary)
              .map(g -> new ShownCanary(g, Serial.of(canary.getSerialNumber()), tried.refused()))
          : Optional.empty();
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }

  private static X509Certificate read(Tried tried) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(tried.canary().toArray()));
  }

  private static boolean isFor(
      HouseId house, Authority authority, Report report, X509Certificate canary)
      throws CertificateException {
    Collection<List<?>> names = canary.getSubjectAlternativeNames();
    String uri =
        authority
            .policy()
            .naming()
            .trustDomain()
            .map(d -> Canary.spiffe(d, report.authority(), report.participant()).value())
            .orElseGet(() -> Canary.uri(house, report.authority(), report.participant()));
    return names != null
        && List.copyOf(names).equals(List.of(List.of(DNS, Canary.NAME), List.of(URI, uri)));
  }

  private static boolean held(HouseId house, Report report, Tried tried, X509Certificate canary) {
    byte[] statement =
        Statements.tried(
            house, report.participant(), report.authority(), tried.canary(), tried.refused());
    try {
      Signature s = Signature.getInstance("SHA256withECDSA");
      s.initVerify(canary.getPublicKey());
      s.update(statement);
      return s.verify(tried.possession().toArray());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The generation whose key signed it; keys that are gone have signed what they have signed. */
  private static Optional<Integer> signer(Authority authority, X509Certificate canary) {
    return authority.generations().values().stream()
        .filter(g -> g.keys().values().stream().anyMatch(k -> signed(k, canary)))
        .map(Generation::number)
        .findFirst();
  }

  private static boolean signed(Key key, X509Certificate canary) {
    return key.legacy().map(l -> isAbove(l, canary)).orElse(false);
  }

  private static boolean isAbove(Key.Legacy ca, X509Certificate canary) {
    try {
      X509Certificate above =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(ca.certificate().toArray()));
      if (!above.getSubjectX500Principal().equals(canary.getIssuerX500Principal())) {
        return false;
      }
      canary.verify(above.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
