package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.CaCertificateImported;
import io.carousel.events.AuthorityEvent.RootCrlImported;
import io.carousel.events.Bytes;
import io.carousel.events.CrlNumber;
import io.carousel.events.Digest;
import io.carousel.events.ExternalRoot;
import io.carousel.events.RootUse;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an authority below an external root knows of it.
 *
 * @param key SHA-256 of the root's SubjectPublicKeyInfo
 * @param imported every certificate that came from it, the oldest first: one that has not expired
 *     is accepted by whoever trusts the root, whatever became of its key
 * @param crl the newest that was brought
 */
public record External(
    ExternalRoot root, Digest key, List<Imported> imported, Optional<RootCrl> crl) {
  /** Copies. */
  public External {
    imported = List.copyOf(imported);
  }

  /** A CA certificate that the root signed. */
  public record Imported(int generation, SlotName slot, Serial serial, Instant notAfter) {}

  /**
   * A CRL of the root.
   *
   * @param number empty if it has none
   * @param bundle the number of the first trust bundle that holds it; 0: it is in the first of all
   * @param crl DER
   */
  public record RootCrl(
      Optional<CrlNumber> number, Instant thisUpdate, Instant nextUpdate, long bundle, Bytes crl) {
    /** By its number, or by when it was made. */
    String words() {
      return number.map(n -> "CRL number " + n).orElseGet(() -> "CRL of " + thisUpdate);
    }

    /** Whether it should have been replaced by another by now. */
    public boolean isStale(Instant now) {
      return now.isAfter(nextUpdate);
    }
  }

  static External of(ExternalRoot root) {
    try {
      Digest key = Digest.of(CaCheck.parse(root.certificate()).getPublicKey().getEncoded());
      return new External(root, key, List.of(), Optional.empty());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a root of the log cannot be read", e);
    }
  }

  /** Whether verifiers trust the root itself. */
  public boolean trustsRoot() {
    return root.use() == RootUse.ROOT;
  }

  External with(CaCertificateImported e) {
    var one = new Imported(e.generation(), e.slot(), e.serial(), e.notAfter());
    return new External(root, key, Stream.concat(imported.stream(), Stream.of(one)).toList(), crl);
  }

  External with(RootCrlImported e) {
    var newest = new RootCrl(e.number(), e.thisUpdate(), e.nextUpdate(), e.bundle(), e.crl());
    return new External(root, key, imported, Optional.of(newest));
  }
}
