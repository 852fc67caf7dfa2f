package io.carousel.events.openssh;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.openssh.Krl.Revoked;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads key revocation lists (PROTOCOL.krl), and uses nothing of what writes them. Sections may
 * come in any order, and more than once, as ssh-keygen writes them; a CA has one.
 */
final class KrlBlob {
  private static final byte[] MAGIC = {'S', 'S', 'H', 'K', 'R', 'L', '\n', 0};
  private static final int SHA256_OCTETS = 32;

  /** OpenSSH reads and writes none longer (SSHBUF_MAX_BIGNUM); in bits. */
  private static final int BITMAP_LIMIT = 16384;

  private final List<Revoked> certificates = new ArrayList<>();
  private final SortedSet<SshPublicKey> keys = new TreeSet<>();
  private final SortedSet<Digest> fingerprints = new TreeSet<>();
  private int ranges;

  private KrlBlob() {}

  static Krl read(Bytes bytes) {
    SshInput in = SshInput.of(bytes, "KRL");
    if (bytes.length() > Krl.SIZE_LIMIT) {
      throw in.bad("it has %d octets".formatted(bytes.length()));
    }
    for (byte octet : MAGIC) {
      if (in.octet() != octet) {
        throw in.bad("it does not begin as one");
      }
    }
    if (in.uint32() != 1) {
      throw in.bad("it is of a version of the format that is not known here");
    }
    return new KrlBlob().krl(in);
  }

  private Krl krl(SshInput in) {
    long version = in.uint64();
    long generated = in.uint64();
    if (generated < 0 || generated > SshCertificateDraft.LATEST.getEpochSecond()) {
      throw in.bad("it was made at no date");
    }
    if (in.uint64() != 0) {
      throw in.bad("it has flags, and none is known");
    }
    in.inside("reserved field").end();
    String comment = in.text();
    while (in.hasMore()) {
      section(in);
    }
    try {
      return new Krl(
          version, Instant.ofEpochSecond(generated), comment, certificates, keys, fingerprints);
    } catch (IllegalArgumentException e) {
      throw in.bad(e.getMessage());
    }
  }

  private void section(SshInput in) {
    int type = in.octet();
    SshInput section = in.inside("section of a KRL");
    switch (type) {
      case 1 -> certificates(section);
      case 2 -> {
        while (section.hasMore()) {
          keys.add(SshPublicKey.ofBlob(section.string()));
        }
      }
      case 3 -> throw section.bad("it revokes by SHA-1; use SHA-256 (ssh-keygen: hash: lines)");
      case 4 -> throw section.bad("it is a signature, which OpenSSH no longer knows");
      case 5 -> {
        while (section.hasMore()) {
          fingerprints.add(fingerprint(section));
        }
      }
      default -> throw section.bad("its type %d is not known here".formatted(type));
    }
  }

  private static Digest fingerprint(SshInput section) {
    Bytes hash = section.string();
    if (hash.length() != SHA256_OCTETS) {
      throw section.bad("a fingerprint in it is no SHA-256");
    }
    return Digest.ofHash(hash.toArray());
  }

  private void certificates(SshInput section) {
    Bytes blob = section.string();
    Optional<SshPublicKey> authority =
        blob.length() == 0 ? Optional.empty() : Optional.of(SshPublicKey.ofBlob(blob));
    section.inside("reserved field").end();
    List<SshSerialRange> serials = new ArrayList<>();
    SortedSet<String> ids = new TreeSet<>();
    try {
      while (section.hasMore()) {
        int type = section.octet();
        part(type, section.inside("part of a KRL"), serials, ids);
      }
      certificates.add(new Revoked(authority, SshSerials.ofRanges(serials), ids));
    } catch (IllegalArgumentException e) {
      throw section.bad(e.getMessage());
    }
  }

  private void part(int type, SshInput part, List<SshSerialRange> serials, SortedSet<String> ids) {
    if (!part.hasMore()) {
      throw part.bad("it is empty");
    }
    switch (type) {
      case 0x20 -> {
        while (part.hasMore()) {
          add(serials, part.uint64(), 0, part);
        }
      }
      case 0x21 -> {
        var first = new SshSerial(part.uint64());
        counted(part);
        serials.add(new SshSerialRange(first, new SshSerial(part.uint64())));
        part.end();
      }
      case 0x22 -> bitmap(part, serials);
      case 0x23 -> {
        while (part.hasMore()) {
          ids.add(part.text());
        }
      }
      default -> throw part.bad("its type %d is not known here".formatted(type));
    }
  }

  /** Bit 0, the last of the last octet, is the offset itself. */
  private void bitmap(SshInput part, List<SshSerialRange> serials) {
    long offset = part.uint64();
    BigInteger bits = part.positive();
    part.end();
    if (bits.bitLength() > BITMAP_LIMIT) {
      throw part.bad("a bitmap in it is longer than OpenSSH reads");
    }
    for (int bit = bits.getLowestSetBit(); bit < bits.bitLength(); bit++) {
      if (bits.testBit(bit)) {
        add(serials, offset, bit, part);
      }
    }
  }

  private void add(List<SshSerialRange> serials, long offset, int bit, SshInput part) {
    long serial = offset + bit;
    if (Long.compareUnsigned(serial, offset) < 0) {
      throw part.bad("a serial number in it has more than 64 bits");
    }
    counted(part);
    serials.add(SshSerialRange.of(new SshSerial(serial)));
  }

  private void counted(SshInput part) {
    if (++ranges > Krl.RANGES_LIMIT) {
      throw part.bad("it names more than %d serial numbers".formatted(Krl.RANGES_LIMIT));
    }
  }
}
