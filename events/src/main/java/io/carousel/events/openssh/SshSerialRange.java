package io.carousel.events.openssh;

/**
 * Serial numbers without a gap.
 *
 * @param last included, and not before {@code first}
 */
public record SshSerialRange(SshSerial first, SshSerial last)
    implements Comparable<SshSerialRange> {
  /** Checks the order. */
  public SshSerialRange {
    if (first.compareTo(last) > 0) {
      throw new IllegalArgumentException(
          "no serial numbers are from %s to %s".formatted(first, last));
    }
  }

  /** One serial number. */
  public static SshSerialRange of(SshSerial serial) {
    return new SshSerialRange(serial, serial);
  }

  /** Whether there are at most that many, which are fewer than 2^63. */
  boolean isAtMost(long count) {
    return Long.compareUnsigned(last.bits() - first.bits(), count) < 0;
  }

  /** Whether no serial number lies between this one and one that does not begin before it. */
  boolean reaches(SshSerialRange later) {
    return later.first.compareTo(last) <= 0 || later.first.bits() == last.bits() + 1;
  }

  @Override
  public int compareTo(SshSerialRange other) {
    int byFirst = first.compareTo(other.first);
    return byFirst == 0 ? last.compareTo(other.last) : byFirst;
  }
}
