package io.carousel.events;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * What a CRL will say beyond its issuer (RFC 5280, section 5): version 2, complete, with its number
 * and the key identifier of its issuer.
 *
 * @param number from 1; grows with each CRL of one key
 * @param thisUpdate whole seconds
 * @param nextUpdate whole seconds
 * @param revoked in order of the serial numbers, each once
 */
public record CrlDraft(
    CrlNumber number, Instant thisUpdate, Instant nextUpdate, List<Entry> revoked) {
  /** Most entries: what a record of the log has room for. */
  public static final int MOST = 1_500;

  /** Sorts. */
  public CrlDraft {
    revoked = revoked.stream().sorted(Comparator.comparing(Entry::serial)).toList();
    if (number.compareTo(CrlNumber.FIRST) < 0 || !thisUpdate.isBefore(nextUpdate)) {
      throw new IllegalArgumentException("a CRL has a number from 1, and ends after it begins");
    }
    if (revoked.size() > MOST
        || revoked.stream().map(Entry::serial).distinct().count() != revoked.size()) {
      throw new IllegalArgumentException(
          "a CRL lists each certificate once, and at most %d".formatted(MOST));
    }
  }

  /** One revoked certificate, and since when; whole seconds. */
  public record Entry(ListedSerial serial, Instant since, RevocationReason reason) {
    /** Of a certificate that was issued here. */
    public Entry(Serial serial, Instant since, RevocationReason reason) {
      this(ListedSerial.of(serial), since, reason);
    }
  }
}
