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
  private static final int LINE_LENGTH = 300;

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
    String cut = line.length() > LINE_LENGTH ? line.substring(0, LINE_LENGTH) + "…" : line;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }

  private void keep(String line) {
    synchronized (lines) {
      lines.addLast(line);
      if (lines.size() > LINES) {
        lines.removeFirst();
      }
    }
  }

  /** As the end of a sentence; empty if it said nothing. */
  String said() throws InterruptedException {
    reader.join(LINGER);
    List<String> last;
    synchronized (lines) {
      last = lines.stream().filter(line -> !line.isBlank()).toList();
    }
    return last.isEmpty() ? "" : "; it said: " + String.join(" | ", last);
  }
}
