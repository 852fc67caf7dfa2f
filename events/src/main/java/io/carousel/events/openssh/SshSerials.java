package io.carousel.events.openssh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A set of serial numbers. There is one form of each set, whatever it was made of.
 *
 * @param ranges in order, with gaps between them
 */
public record SshSerials(List<SshSerialRange> ranges) {
  /** None. */
  public static final SshSerials NONE = new SshSerials(List.of());

  /** Checks that it is the one form. */
  public SshSerials {
    ranges = List.copyOf(ranges);
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i - 1).compareTo(ranges.get(i)) > 0
          || ranges.get(i - 1).reaches(ranges.get(i))) {
        throw new IllegalArgumentException("ranges of serial numbers touch, or are out of order");
      }
    }
  }

  /** All that are in any of those. */
  public static SshSerials ofRanges(Collection<SshSerialRange> ranges) {
    List<SshSerialRange> merged = new ArrayList<>();
    for (SshSerialRange next : ranges.stream().sorted().toList()) {
      SshSerialRange before = merged.isEmpty() ? null : merged.getLast();
      if (before == null || !before.reaches(next)) {
        merged.add(next);
      } else if (before.last().compareTo(next.last()) < 0) {
        merged.set(merged.size() - 1, new SshSerialRange(before.first(), next.last()));
      }
    }
    return new SshSerials(merged);
  }

  /** Those. */
  public static SshSerials of(Collection<SshSerial> serials) {
    return ofRanges(serials.stream().map(SshSerialRange::of).toList());
  }

  /** Whether that one is in it. */
  public boolean contains(SshSerial serial) {
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      SshSerialRange range = ranges.get(middle);
      if (serial.compareTo(range.first()) < 0) {
        high = middle - 1;
      } else if (serial.compareTo(range.last()) > 0) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return ranges.isEmpty();
  }
}
