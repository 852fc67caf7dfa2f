package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import java.util.Base64;

/** Textual encodings (RFC 7468). */
final class Pem {
  private static final int LINE = 64;
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(LINE, new byte[] {'\n'});

  private Pem() {}

  static String of(String label, Bytes der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, new String(LINES.encode(der.toArray()), US_ASCII), label);
  }
}
