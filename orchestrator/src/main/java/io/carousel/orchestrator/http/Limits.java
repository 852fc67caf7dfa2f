package io.carousel.orchestrator.http;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * How long and how much a server bears.
 *
 * @param times how long callers may take
 * @param connections how many connections are open at a time
 * @param requests how many calls are answered at a time, those that wait among them
 * @param polls how many calls wait for news
 * @param streams how many streams of events are followed
 * @param bodies how many bytes of bodies are held in memory
 */
record Limits(
    Times times, Bounds connections, Bounds requests, Bounds polls, Bounds streams, Bounds bodies) {
  /** So many connections at most, however much memory there is. */
  private static final long MOST_CONNECTIONS = 16_384;

  /** What a connection costs at rest over TLS, with what it may cost while it sends (measured). */
  private static final long BYTES_OF_CONNECTION = 16 * 1024;

  private static final long MEGABYTE = 1024 * 1024;

  /**
   * How long callers may take. Whatever is late is cut off.
   *
   * @param head from the first moment of a connection to the end of its first request's head; the
   *     TLS handshake is within it
   * @param idle from the end of an answer to the end of the next request's head; longer than
   *     clients keep connections, so that it is they who end them
   * @param stall between two bytes of a body, or of an answer
   * @param body for a whole body
   * @param answer for an answer, beside a second for each {@link #SLOWEST} bytes of it
   */
  record Times(Duration head, Duration idle, Duration stall, Duration body, Duration answer) {
    /** Bytes in a second: whoever reads answers more slowly is cut off. */
    static final int SLOWEST = 4 * 1024;

    static final Times USUAL =
        new Times(
            Duration.ofSeconds(20),
            Duration.ofSeconds(75),
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30));
  }

  /** Of the listener, where a fleet calls: half of the files and a third of the memory at most. */
  static Limits ofListener() {
    long most =
        least(
            MOST_CONNECTIONS,
            files() / 2,
            Runtime.getRuntime().maxMemory() / 3 / BYTES_OF_CONNECTION);
    return of(most);
  }

  /** Of the API on loopback: an eighth of the files at most. */
  static Limits ofApi() {
    return of(
        least(
            MOST_CONNECTIONS / 4,
            files() / 8,
            Runtime.getRuntime().maxMemory() / 12 / BYTES_OF_CONNECTION));
  }

  private static Limits of(long connections) {
    // Whoever shows nothing gets less than half: those who are known always find a place.
    long anonymous = Math.max(8, connections * 2 / 5);
    return new Limits(
        Times.USUAL,
        new Bounds(connections, connections, anonymous, 256, anonymous * 3 / 4),
        new Bounds(10_000, 10_000, 2_048, 256, 1_536),
        new Bounds(4_096, 4_096, 1_024, 128, 256),
        new Bounds(4_096, 4_096, 64, 128, 16),
        new Bounds(16 * MEGABYTE, 16 * MEGABYTE, 4 * MEGABYTE, 2 * MEGABYTE, MEGABYTE));
  }

  Limits with(Times other) {
    return new Limits(other, connections, requests, polls, streams, bodies);
  }

  private static long least(long... all) {
    return java.util.stream.LongStream.of(all).min().orElseThrow();
  }

  /** How many files and sockets this process may have open. */
  private static long files() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : MOST_CONNECTIONS;
  }
}
