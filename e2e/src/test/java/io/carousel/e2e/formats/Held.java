package io.carousel.e2e.formats;

import io.carousel.agent.Use;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Serial;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Optional;

/**
 * A credential with its key.
 *
 * @param issuerKey SHA-256 of the SubjectPublicKeyInfo of the key that signed it
 * @param content DER, an OpenSSH certificate (blob), or a token in the clear
 * @param issuer the CA certificate above it, for X.509
 * @param files of the key, for OpenSSH; its certificate lies beside it
 */
record Held(
    Use use,
    int generation,
    Serial serial,
    Digest issuerKey,
    Bytes content,
    KeyPair key,
    Optional<Bytes> issuer,
    Optional<Path> files) {
  /** Where OpenSSH finds the certificate of its key. */
  Path certificateFile() {
    Path file = files.orElseThrow();
    return file.resolveSibling(file.getFileName() + "-cert.pub");
  }

  /** The token. */
  String token() {
    return new String(content.toArray(), java.nio.charset.StandardCharsets.US_ASCII);
  }
}
