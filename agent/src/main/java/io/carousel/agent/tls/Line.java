package io.carousel.agent.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/** One line of UTF-8 that ends with a newline. */
final class Line {
  /** Longest line that is read; in bytes. */
  private static final int LIMIT = 4096;

  private Line() {}

  /** What is sent for a line. */
  static byte[] of(byte[] text) {
    byte[] line = java.util.Arrays.copyOf(text, text.length + 1);
    line[text.length] = '\n';
    return line;
  }

  /**
   * Reads up to the newline, which is left out.
   *
   * @throws EOFException if the stream ends before
   * @throws ProtocolException if the line is longer than anybody would send
   */
  static String read(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the other side left in the middle of a line");
      }
      if (line.size() == LIMIT) {
        throw new ProtocolException("a line of more than %d bytes".formatted(LIMIT));
      }
      line.write(b);
    }
    return line.toString(UTF_8);
  }
}
