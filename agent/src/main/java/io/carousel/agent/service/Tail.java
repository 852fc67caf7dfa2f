package io.carousel.agent.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines of what a program says, which is read to its end so that it never has to wait. */
final class Tail {
  private static final int LINES = 8;
  private static final int LINE_LENGTH = 4096;

  /** What fits into a sentence. */
  private static final int SAID_LENGTH = 300;

  /** A child that goes on may hold the stream open for ever. */
  private static final Duration LINGER = Duration.ofMillis(500);

  private final Deque<String> lines = new ArrayDeque<>();
  private final Thread reader;

  private Tail(InputStream in) {
    this.reader = Thread.ofVirtual().unstarted(() -> read(in));
  }

  static Tail of(InputStream in) {
    var tail = new Tail(in);
    tail.reader.start();
    return tail;
  }

  private void read(InputStream in) {
    try (var text = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      for (String line = text.readLine(); line != null; line = text.readLine()) {
        keep(plain(line));
      }
    } catch (IOException e) {
      // The program was killed; what it had said before is kept.
    }
  }

  /** Without what could upset a terminal or a log. */
  private static String plain(String line) {
    return cut(line, LINE_LENGTH).replaceAll("\\p{Cntrl}", "?");
  }

  private static String cut(String line, int length) {
    return line.length() > length ? line.substring(0, length) + "…" : line;
  }

  private void keep(String line) {
    synchronized (lines) {
      lines.addLast(line);
      if (lines.size() > LINES) {
        lines.removeFirst();
      }
    }
  }

  /** They. */
  List<String> lines() throws InterruptedException {
    reader.join(LINGER);
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** As the end of a sentence; empty if it said nothing. */
  String said() throws InterruptedException {
    List<String> last =
        lines().stream()
            .filter(line -> !line.isBlank())
            .map(line -> cut(line, SAID_LENGTH))
            .toList();
    return last.isEmpty() ? "" : "; it said: " + String.join(" | ", last);
  }
}
