package io.carousel.deploy.demo;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Locale;

/** Pieces of text. */
final class Lines {
  private static final int BAR = 30;

  private Lines() {}

  /** As {@code 01:23}. */
  static String clock(Duration since) {
    return "%02d:%02d".formatted(since.toMinutes(), since.toSecondsPart());
  }

  /** As {@code 12 345}. */
  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value).replace(',', ' ');
  }

  /** As {@code 12.3 s}. */
  static String seconds(double value) {
    return String.format(Locale.ROOT, "%.1f s", value);
  }

  /** How much of something there is. */
  static String bar(int part, int whole, boolean blocks) {
    int filled = whole == 0 ? 0 : BAR * part / whole;
    return (blocks ? "█" : "#").repeat(filled) + (blocks ? "░" : ".").repeat(BAR - filled);
  }

  /** Whether what is written in that charset can hold the blocks of {@link #bar}. */
  static boolean canShowBlocks(Charset charset) {
    return charset.canEncode() && charset.newEncoder().canEncode("█░─");
  }
}
