package io.carousel.agent.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads server-sent events as they come (WHATWG HTML, sections 9.2.5 and 9.2.6), except that ids
 * and times of reconnection are passed over. One thread.
 */
final class EventReader {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
  private static final int END = -1;

  private final InputStream in;
  private final int limit;
  private final Runnable heard;
  private final byte[] buffer = new byte[8 * 1024];
  private int position;
  private int filled;
  private boolean begun;
  private boolean afterReturn;

  /**
   * Reads from there.
   *
   * @param limit of what one event may hold, in bytes
   * @param heard run whenever something has come, whatever it was
   */
  EventReader(InputStream in, int limit, Runnable heard) {
    this.in = in;
    this.limit = limit;
    this.heard = heard;
  }

  /**
   * An event.
   *
   * @param type its name; {@code message} if it has none
   * @param data its lines, with newlines between them
   */
  record Event(String type, byte[] data) {}

  /**
   * Waits for the next event that has data; empty at the end of the stream.
   *
   * @throws IOException if it breaks off, or an event is longer than the limit
   */
  Optional<Event> next() throws IOException {
    String type = "";
    var data = new ByteArrayOutputStream();
    boolean any = false;
    for (Optional<byte[]> line = line(); line.isPresent(); line = line()) {
      byte[] text = line.get();
      if (text.length == 0) {
        if (any) {
          return Optional.of(new Event(type.isEmpty() ? "message" : type, data.toByteArray()));
        }
        type = "";
        continue;
      }
      int colon = indexOfColon(text);
      byte[] value = value(text, colon);
      switch (new String(text, 0, colon, UTF_8)) {
        case "event" -> type = new String(value, UTF_8);
        case "data" -> {
          if (any) {
            data.write('\n');
          }
          any = true;
          requireRoom(data.size() + value.length);
          data.writeBytes(value);
        }
        default -> {
          // A comment, or a field that says nothing here.
        }
      }
    }
    return Optional.empty();
  }

  private static int indexOfColon(byte[] line) {
    int at = 0;
    while (at < line.length && line[at] != ':') {
      at++;
    }
    return at;
  }

  /** What comes after the colon, and after one space behind it. */
  private static byte[] value(byte[] line, int colon) {
    int from = Math.min(colon + 1, line.length);
    if (from < line.length && line[from] == ' ') {
      from++;
    }
    return Arrays.copyOfRange(line, from, line.length);
  }

  /** A line without its end; empty at the end of the stream, which ends no line. */
  private Optional<byte[]> line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int next = read(); next != END; next = read()) {
      boolean second = afterReturn && next == '\n';
      afterReturn = next == '\r';
      if (second) {
        continue;
      }
      if (next == '\n' || next == '\r') {
        return Optional.of(withoutMark(line.toByteArray()));
      }
      requireRoom(line.size());
      line.write(next);
    }
    return Optional.empty();
  }

  private byte[] withoutMark(byte[] line) {
    boolean first = !begun;
    begun = true;
    int mark = BYTE_ORDER_MARK.length;
    boolean marked =
        first && line.length >= mark && Arrays.equals(line, 0, mark, BYTE_ORDER_MARK, 0, mark);
    return marked ? Arrays.copyOfRange(line, mark, line.length) : line;
  }

  private void requireRoom(int size) throws IOException {
    if (size > limit) {
      throw new IOException("an event is longer than %d bytes".formatted(limit));
    }
  }

  private int read() throws IOException {
    if (position == filled) {
      position = 0;
      filled = Math.max(0, in.read(buffer));
      if (filled == 0) {
        return END;
      }
      heard.run();
    }
    return buffer[position++] & 0xff;
  }
}
