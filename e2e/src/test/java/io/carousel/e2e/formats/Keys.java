package io.carousel.e2e.formats;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.agent.OwnCredential;
import io.carousel.events.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.Base64;

/** Keys of credentials, on P-256, and how the programs that judge want them. */
final class Keys {
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Keys() {}

  static KeyPair create() {
    return OwnCredential.newKey();
  }

  static Bytes spki(KeyPair key) {
    return Bytes.of(key.getPublic().getEncoded());
  }

  /** ECDSA with SHA-256, DER. */
  static Bytes sign(KeyPair key, byte[] statement) {
    try {
      Signature ecdsa = Signature.getInstance("SHA256withECDSA");
      ecdsa.initSign(key.getPrivate());
      ecdsa.update(statement);
      return Bytes.of(ecdsa.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** For OpenSSH: PKCS#8, which nobody else may read. */
  static Path write(Path file, KeyPair key) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, pem("PRIVATE KEY", Bytes.of(key.getPrivate().getEncoded())));
  }

  static String pem(String what, Bytes content) {
    String lines = new String(LINES.encode(content.toArray()), US_ASCII);
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(what, lines);
  }
}
