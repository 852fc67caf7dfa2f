package io.carousel.agent.output;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.agent.Trust;
import io.carousel.agent.certificate.Crls;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.openssh.Krl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.Optional;

/**
 * What verifiers of an authority must not accept any more.
 *
 * @param krl for OpenSSH; empty if no output of the authority wants it
 */
record Revocations(Crls crls, Optional<Krl> krl) {
  static final Revocations NONE = new Revocations(Crls.NONE, Optional.empty());

  /**
   * What is in the files of that set.
   *
   * @throws CRLException if a CRL cannot be read
   * @throws UnreadableSsh if the KRL cannot be read
   */
  static Revocations read(Path set) throws IOException, CRLException {
    Path crls = set.resolve(Rendering.CRLS);
    Path krl = set.resolve(Rendering.KRL);
    return new Revocations(
        Files.exists(crls) ? Crls.read(Files.readAllBytes(crls)) : Crls.NONE,
        Files.exists(krl)
            ? Optional.of(Krl.read(Bytes.of(Files.readAllBytes(krl))))
            : Optional.empty());
  }

  /** What is missing here from there: they may be of different outputs. */
  Revocations or(Revocations other) {
    return new Revocations(crls.lists().isEmpty() ? other.crls : crls, krl.or(() -> other.krl));
  }

  /** What verifiers of that format look at. */
  Revocations of(Format format) {
    return new Revocations(
        format == Format.X509 ? crls : Crls.NONE, krl.filter(_ -> format == Format.SSH));
  }

  /** What tells them from others that say something else. */
  Digest digest() {
    return krl.map(k -> Digest.of((crls.digest() + "\n" + contents(k)).getBytes(US_ASCII)))
        .orElseGet(crls::digest);
  }

  /** Its number changes with everything that happens to the authority; that alone is no news. */
  private static Digest contents(Krl krl) {
    return new Krl(0, Instant.EPOCH, "", krl.certificates(), krl.keys(), krl.fingerprints())
        .bytes()
        .digest();
  }

  boolean saysTheSameAs(Revocations other) {
    return digest().equals(other.digest());
  }

  /** Why these must not replace those; empty if they may: neither CRLs nor KRLs go back. */
  Optional<String> goesBackFrom(Revocations held) {
    Optional<X509CRL> older = crls.olderThanIn(held.crls);
    if (older.isPresent()) {
      return Optional.of(
          "an older CRL of '%s' was offered: CRLs never go back"
              .formatted(older.get().getIssuerX500Principal()));
    }
    if (krl.isPresent()
        && held.krl
            .filter(k -> Long.compareUnsigned(krl.get().version(), k.version()) < 0)
            .isPresent()) {
      return Optional.of(
          "KRL %d was offered after %d: KRLs never go back"
              .formatted(krl.get().version(), held.krl.get().version()));
    }
    return Optional.empty();
  }

  /**
   * A CA whose CRL is not here: checkers that want CRLs take nothing of a CA without one. A CA from
   * elsewhere publishes its CRL itself.
   */
  Optional<Trust.Anchor> lacking(Trust trust) {
    return trust.anchors().stream()
        .filter(anchor -> anchor.slot().isPresent() && !crls.covers(anchor.certificate()))
        .findFirst();
  }
}
