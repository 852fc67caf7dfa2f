package io.carousel.orchestrator.http;

import io.carousel.events.Bytes;
import io.carousel.events.ForeignKey;
import io.carousel.events.Format;
import io.carousel.events.Identifier;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.UnreadableDer;
import io.carousel.events.jose.ForeignJwk;
import io.carousel.events.jose.UnreadableJose;
import io.carousel.events.openssh.CaLines;
import io.carousel.events.openssh.UnreadableSsh;
import io.carousel.events.pem.Certificates;
import io.carousel.events.pem.PemBlock;
import io.carousel.events.pem.PemText;
import io.carousel.events.pem.UnreadablePem;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Public keys as the files of a CA elsewhere hold them: CA certificates in PEM for X.509, lines for
 * OpenSSH (see {@link CaLines}), and for tokens a JWK, a set of them, or public keys in PEM.
 */
final class ForeignKeyText {
  private ForeignKeyText() {}

  /**
   * What a text holds.
   *
   * @param leftOut keys that are not imported, and why; a sentence each
   */
  record Read(List<ForeignKey> keys, List<String> leftOut) {}

  /**
   * The keys of that text.
   *
   * @throws IllegalArgumentException if there is none in it, one is damaged, or one is private
   */
  static Read read(String given) {
    String text = given.startsWith("\ufeff") ? given.substring(1) : given;
    if (text.contains("PRIVATE KEY-----") || text.startsWith("PuTTY-User-Key-File-")) {
      throw new IllegalArgumentException(
          "a private key was given for import; only public keys and certificates are taken, and you should consider that key exposed");
    }
    try {
      if (PemText.isPem(text)) {
        return new Read(blocks(text), List.of());
      }
      String first = text.strip();
      return first.startsWith("{") || first.startsWith("[")
          ? jwks(text)
          : new Read(lines(text), List.of());
    } catch (UnreadableJose | UnreadableSsh | UnreadablePem | UnreadableDer e) {
      throw new IllegalArgumentException("the import cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<ForeignKey> blocks(String text) {
    return PemText.read(text).stream().flatMap(ForeignKeyText::block).distinct().toList();
  }

  private static Stream<ForeignKey> block(PemBlock block) {
    if (Certificates.isOf(block.label())) {
      return Certificates.of(block).stream().map(ForeignKeyText::authority);
    }
    return switch (block.label()) {
      case "PUBLIC KEY" ->
          Stream.of(
              new ForeignKey(
                  Format.JWT, SubjectPublicKey.of(block.content()).spki(), Optional.empty()));
      case "RSA PUBLIC KEY" ->
          throw new IllegalArgumentException(
              "the import holds a public key in the form of PKCS #1; convert it, as with 'openssl rsa -RSAPublicKey_in -pubout'");
      default ->
          throw new IllegalArgumentException(
              "the import holds a PEM block %s, and takes certificates and PUBLIC KEY"
                  .formatted(Identifier.printable(block.label())));
    };
  }

  private static ForeignKey authority(X509Certificate certificate) {
    return new ForeignKey(
        Format.X509,
        Bytes.of(certificate.getPublicKey().getEncoded()),
        Optional.of(Certificates.der(certificate)));
  }

  private static Read jwks(String text) {
    ForeignJwk.Read read = ForeignJwk.read(text);
    if (read.keys().isEmpty()) {
      throw new IllegalArgumentException(
          read.leftOut().isEmpty()
              ? "the import holds no key"
              : "the import holds no key that verifies signatures: "
                  + String.join("; ", read.leftOut()));
    }
    return new Read(read.keys().stream().map(ForeignKeyText::token).toList(), read.leftOut());
  }

  private static ForeignKey token(ForeignJwk k) {
    return new ForeignKey(Format.JWT, k.key().spki(), Optional.empty(), k.name(), k.algorithm());
  }

  private static List<ForeignKey> lines(String text) {
    return CaLines.read(text).stream()
        .map(key -> new ForeignKey(Format.SSH, key.spki(), Optional.empty()))
        .toList();
  }
}
