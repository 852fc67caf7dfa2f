package io.carousel.agent.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.agent.Trust;
import io.carousel.agent.certificate.Crls;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.jose.UnreadableJose;
import io.carousel.events.openssh.Krl;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What verifiers need beside an authority's bundle: what they must not accept any more, and the
 * names of the keys of tokens.
 *
 * @param krl for OpenSSH; empty if no output of the authority wants it
 * @param tokenKeys for tokens; empty likewise
 */
record Companions(Crls crls, Optional<Krl> krl, Optional<TokenKeys> tokenKeys) {
  static final Companions NONE = new Companions(Crls.NONE, Optional.empty(), Optional.empty());

  /**
   * What is in those files of a set.
   *
   * @throws CRLException if a CRL cannot be read
   * @throws UnreadableSsh if the KRL cannot be read
   * @throws UnreadableJose if the JWK Set cannot be read
   */
  static Companions read(Map<String, Bytes> files) throws CRLException {
    Bytes crls = files.get(Rendering.CRLS);
    return new Companions(
        crls == null ? Crls.NONE : Crls.read(crls.toArray()),
        Optional.ofNullable(files.get(Rendering.KRL)).map(Krl::read),
        Optional.ofNullable(files.get(Rendering.JWKS)).map(jwks -> TokenKeys.read(jwks.toArray())));
  }

  /** What is missing here from there: they may be of different outputs. */
  Companions or(Companions other) {
    return new Companions(
        crls.lists().isEmpty() ? other.crls : crls,
        krl.or(() -> other.krl),
        tokenKeys.or(() -> other.tokenKeys));
  }

  /** What verifiers of that format look at. */
  Companions of(Format format) {
    return new Companions(
        format == Format.X509 ? crls : Crls.NONE,
        krl.filter(_ -> format == Format.SSH),
        tokenKeys.filter(_ -> format == Format.JWT));
  }

  /** What tells them from others that say something else. */
  Digest digest() {
    var text = new StringBuilder(crls.digest().value());
    krl.ifPresent(k -> text.append('\n').append(contents(k)));
    tokenKeys.ifPresent(keys -> text.append('\n').append(keys.json()));
    return Digest.of(text.toString().getBytes(UTF_8));
  }

  /** Its number changes with everything that happens to the authority; that alone is no news. */
  private static Digest contents(Krl krl) {
    return new Krl(0, Instant.EPOCH, "", krl.certificates(), krl.keys(), krl.fingerprints())
        .bytes()
        .digest();
  }

  boolean saysTheSameAs(Companions other) {
    return digest().equals(other.digest());
  }

  /** Why these must not replace those; empty if they may: neither CRLs nor KRLs go back. */
  Optional<String> goesBackFrom(Companions held) {
    if (crls.lists().isEmpty() && !held.crls.lists().isEmpty()) {
      return Optional.of("CRLs are published no more, and there were some: those are kept");
    }
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
   * A CA whose CRL is not here: checkers that want CRLs take nothing of a CA without one. Where a
   * CA from elsewhere has none, the authority publishes none at all, and nobody can check any.
   */
  Optional<Trust.Anchor> lacking(Trust trust) {
    return crls.lists().isEmpty() && elsewhere(trust).isPresent()
        ? Optional.empty()
        : trust.anchors().stream().filter(anchor -> !crls.covers(anchor.certificate())).findFirst();
  }

  /** Why there is no file of CRLs; empty if there is, or none is needed. */
  Optional<String> whyNoCrls(Trust trust) {
    return elsewhere(trust)
        .filter(_ -> crls.lists().isEmpty())
        .map(anchor ->
            "no crls.pem is written: the CA of generation %d, which signs elsewhere, has no CRL; see 'carousel authority crl', and configure no check of CRLs until then"
                .formatted(anchor.generation()));
  }

  private static Optional<Trust.Anchor> elsewhere(Trust trust) {
    return trust.anchors().stream().filter(anchor -> anchor.slot().isEmpty()).findFirst();
  }

  /** What programs read that check CRLs; a file without one would keep them from starting. */
  Optional<Bytes> crlFile() {
    return crls.lists().isEmpty() ? Optional.empty() : Optional.of(crls.pem());
  }
}
