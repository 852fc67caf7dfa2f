package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import io.carousel.events.ForeignKey;
import io.carousel.events.Format;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.jose.ForeignJwk;
import io.carousel.events.jose.UnreadableJose;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.events.openssh.UnreadableSsh;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Public keys as the files of a CA elsewhere hold them: CA certificates in PEM for X.509, lines for
 * OpenSSH, and for tokens a JWK, a set of them, or public keys in PEM.
 */
final class ForeignKeyText {
  /** RFC 7468, section 3, with whatever stands between the blocks. */
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END ([A-Z0-9 ]+)-----");

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
  static Read read(String text) {
    if (text.contains("PRIVATE KEY-----")) {
      throw new IllegalArgumentException(
          "a private key was given for import; only public keys and certificates are taken, and you should consider that key exposed");
    }
    try {
      if (text.contains("-----BEGIN ")) {
        return new Read(blocks(text), List.of());
      }
      String first = text.strip();
      return first.startsWith("{") || first.startsWith("[")
          ? jwks(text)
          : new Read(lines(text), List.of());
    } catch (UnreadableJose | UnreadableSsh e) {
      throw new IllegalArgumentException("the import cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<ForeignKey> blocks(String text) {
    var keys = new ArrayList<ForeignKey>();
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      if (!block.group(1).equals(block.group(3))) {
        throw new IllegalArgumentException("a PEM block of the import ends as another");
      }
      keys.add(block(block.group(1), decoded(block.group(2))));
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("the import holds no whole PEM block");
    }
    return keys;
  }

  private static Bytes decoded(String base64) {
    try {
      return Bytes.of(Base64.getMimeDecoder().decode(base64.strip().getBytes(US_ASCII)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a PEM block of the import is no base64", e);
    }
  }

  private static ForeignKey block(String label, Bytes der) {
    return switch (label) {
      case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE" ->
          new ForeignKey(Format.X509, keyOf(der), Optional.of(der));
      case "PUBLIC KEY" ->
          new ForeignKey(Format.JWT, SubjectPublicKey.of(der).spki(), Optional.empty());
      default ->
          throw new IllegalArgumentException(
              "the import holds a PEM block that is neither CERTIFICATE nor PUBLIC KEY");
    };
  }

  private static Bytes keyOf(Bytes certificate) {
    try {
      var in = new ByteArrayInputStream(certificate.toArray());
      return Bytes.of(
          CertificateFactory.getInstance("X.509")
              .generateCertificate(in)
              .getPublicKey()
              .getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("a certificate of the import cannot be read", e);
    }
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
    List<ForeignKey> keys =
        text.lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .map(line -> SshPublicKey.ofLine(line).spki())
            .map(spki -> new ForeignKey(Format.SSH, spki, Optional.empty()))
            .toList();
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("the import holds no key");
    }
    return keys;
  }
}
