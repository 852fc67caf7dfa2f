package io.carousel.events.openssh;

import static java.time.temporal.ChronoUnit.SECONDS;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A key revocation list (PROTOCOL.krl). The same content has the same bytes.
 *
 * @param version counts up; 64 bits without sign
 * @param generated when it was made; a whole second from 1970 on
 * @param comment for people; may be empty
 * @param certificates what is revoked of each CA; each CA once, in the order of their keys' blobs,
 *     after what is revoked whoever the CA is
 * @param keys revoked keys; a certificate of such a key, or by it, is revoked too
 * @param fingerprints SHA-256 over the blobs of keys that are revoked like {@code keys}
 */
public record Krl(
    long version,
    Instant generated,
    String comment,
    List<Revoked> certificates,
    SortedSet<SshPublicKey> keys,
    SortedSet<Digest> fingerprints) {
  /** Stays readable in a terminal; in characters. */
  public static final int COMMENT_LIMIT = 255;

  /** Two million serial numbers; agents hold it in memory; in octets. */
  public static final int SIZE_LIMIT = 1 << 24;

  /** What {@link #SIZE_LIMIT} has room for as a list: a bitmap could say eight times as many. */
  static final int RANGES_LIMIT = SIZE_LIMIT / Long.BYTES;

  /** {@code "SSHKRL\n\0"}. */
  private static final long MAGIC = 0x5353484b524c0a00L;

  private static final int FORMAT = 1;
  private static final int CERTIFICATES = 1;
  private static final int EXPLICIT_KEY = 2;
  private static final int FINGERPRINT_SHA256 = 5;
  private static final int SERIAL_LIST = 0x20;
  private static final int SERIAL_RANGE = 0x21;
  private static final int KEY_ID = 0x23;

  /** A range takes 21 octets, and each serial number of a list 8. */
  private static final int BEST_IN_LIST = 2;

  /**
   * What is revoked of a CA.
   *
   * @param authority the CA's key; empty for every CA
   * @param keyIds revoked in each certificate that has one of them, as sshd logs them
   */
  public record Revoked(
      Optional<SshPublicKey> authority, SshSerials serials, SortedSet<String> keyIds) {
    private static final Comparator<Revoked> ORDER =
        Comparator.comparing(
            revoked -> revoked.authority.orElse(null),
            Comparator.nullsFirst(Comparator.naturalOrder()));

    /** Checks that it is not empty, and that certificates could have such key ids. */
    public Revoked {
      keyIds = frozen(keyIds);
      keyIds.forEach(id -> Texts.check("key id", id, SshCertificateDraft.KEY_ID_LIMIT));
      if (serials.isEmpty() && keyIds.isEmpty()) {
        throw new IllegalArgumentException("nothing of a CA is revoked: leave it out");
      }
    }

    private boolean holds(SshCertificateDraft certificate) {
      return authority.map(certificate.signatureKey()::equals).orElse(true)
          && (serials.contains(certificate.serial()) || keyIds.contains(certificate.keyId()));
    }
  }

  /** Checks all of it, and brings it into its one order. */
  public Krl {
    if (generated.getEpochSecond() < 0 || !generated.equals(generated.truncatedTo(SECONDS))) {
      throw new IllegalArgumentException("a KRL is of a whole second from 1970 on");
    }
    if (!comment.isEmpty()) {
      Texts.check("comment", comment, COMMENT_LIMIT);
    }
    certificates = certificates.stream().sorted(Revoked.ORDER).toList();
    if (certificates.stream().map(Revoked::authority).distinct().count() < certificates.size()) {
      throw new IllegalArgumentException("a CA is named more than once");
    }
    keys = frozen(keys);
    fingerprints = frozen(fingerprints);
  }

  private static <T extends Comparable<? super T>> SortedSet<T> frozen(Collection<T> elements) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(elements));
  }

  /**
   * The list of those bytes, written by anybody. What is in no version of this program's own lists
   * is refused, not passed over: SHA-1 fingerprints, signatures, keys of other types.
   *
   * @throws UnreadableSsh if it is none
   */
  public static Krl read(Bytes bytes) {
    return KrlBlob.read(bytes);
  }

  /** Whether that key may not be used: it is revoked itself. */
  public boolean revokes(SshPublicKey key) {
    return keys.contains(key) || fingerprints.contains(key.blob().digest());
  }

  /** Whether that certificate may not be believed: it, its key or its CA is revoked. */
  public boolean revokes(SshCertificate certificate) {
    SshCertificateDraft content = certificate.content();
    return revokes(content.key())
        || revokes(content.signatureKey())
        || certificates.stream().anyMatch(revoked -> revoked.holds(content));
  }

  /**
   * What sshd reads as RevokedKeys, and ssh-keygen with -Q.
   *
   * @throws IllegalArgumentException if there are more than {@link #SIZE_LIMIT}
   */
  public Bytes bytes() {
    var out = new SshOutput();
    byte[] reserved = {};
    out.uint64(MAGIC).uint32(FORMAT).uint64(version).uint64(generated.getEpochSecond());
    out.uint64(0).string(reserved).string(comment);
    certificates.forEach(revoked -> out.octet(CERTIFICATES).string(section(revoked)));
    var explicit = new SshOutput();
    keys.forEach(key -> explicit.string(key.blob()));
    var digests = new SshOutput();
    fingerprints.forEach(fingerprint -> digests.string(fingerprint.bytes()));
    putUnlessEmpty(out, EXPLICIT_KEY, explicit);
    putUnlessEmpty(out, FINGERPRINT_SHA256, digests);
    return checked(out.bytes());
  }

  private static SshOutput section(Revoked revoked) {
    byte[] reserved = {};
    byte[] everyCa = {};
    var out = new SshOutput();
    out.string(revoked.authority().map(key -> key.blob().toArray()).orElse(everyCa));
    out.string(reserved);
    var list = new SshOutput();
    var ranges = new SshOutput();
    for (SshSerialRange range : revoked.serials().ranges()) {
      long first = range.first().bits();
      long last = range.last().bits();
      if (range.isAtMost(BEST_IN_LIST)) {
        list.uint64(first);
        if (first != last) {
          list.uint64(last);
        }
      } else {
        ranges.octet(SERIAL_RANGE).string(new SshOutput().uint64(first).uint64(last));
      }
    }
    var ids = new SshOutput();
    revoked.keyIds().forEach(ids::string);
    putUnlessEmpty(out, SERIAL_LIST, list);
    out.raw(ranges.bytes().toArray());
    putUnlessEmpty(out, KEY_ID, ids);
    return out;
  }

  private static void putUnlessEmpty(SshOutput out, int type, SshOutput content) {
    if (content.bytes().length() > 0) {
      out.octet(type).string(content);
    }
  }

  private static Bytes checked(Bytes bytes) {
    if (bytes.length() > SIZE_LIMIT) {
      throw new IllegalArgumentException(
          "a KRL of %d octets is more than anybody reads: revoke the CA's key, or rotate it"
              .formatted(bytes.length()));
    }
    return bytes;
  }
}
