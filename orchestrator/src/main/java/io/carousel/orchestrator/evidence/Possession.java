package io.carousel.orchestrator.evidence;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.openssh.SshCertificate;
import io.carousel.events.seal.CredentialSignature;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** By what the holder of a credential shows that it has it. */
sealed interface Possession {

  /**
   * Whether that shows it.
   *
   * @param statement made for the occasion, with a challenge that nobody could know before
   */
  boolean shownBy(Bytes shown, byte[] statement);

  /**
   * It holds the private key.
   *
   * @param publicKey SubjectPublicKeyInfo
   */
  record OfKey(Bytes publicKey) implements Possession {
    @Override
    public boolean shownBy(Bytes shown, byte[] statement) {
      return CredentialSignature.holds(publicKey, statement, shown.toArray());
    }
  }

  /**
   * It holds the private key to a point on P-256. An orchestrator keeps several for each of a
   * hundred thousand participants, as numbers: half of what the SubjectPublicKeyInfo takes as
   * bytes.
   */
  final class OfPoint implements Possession {
    /** The SubjectPublicKeyInfo (RFC 5480, section 2) of such a key, up to its coordinates. */
    private static final byte[] START =
        HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    private static final int NUMBERS = 8;
    private static final int LENGTH = START.length + NUMBERS * Long.BYTES;

    private final long x0;
    private final long x1;
    private final long x2;
    private final long x3;
    private final long y0;
    private final long y1;
    private final long y2;
    private final long y3;

    private OfPoint(LongBuffer coordinates) {
      this.x0 = coordinates.get(0);
      this.x1 = coordinates.get(1);
      this.x2 = coordinates.get(2);
      this.x3 = coordinates.get(3);
      this.y0 = coordinates.get(4);
      this.y1 = coordinates.get(5);
      this.y2 = coordinates.get(6);
      this.y3 = coordinates.get(7);
    }

    /** Of that key; empty if it is another kind of key, or a point in another form. */
    static Optional<Possession> of(Bytes publicKey) {
      byte[] all = publicKey.toArray();
      boolean is =
          all.length == LENGTH && Arrays.equals(all, 0, START.length, START, 0, START.length);
      return is
          ? Optional.of(
              new OfPoint(
                  ByteBuffer.wrap(all, START.length, LENGTH - START.length).slice().asLongBuffer()))
          : Optional.empty();
    }

    /** SubjectPublicKeyInfo. */
    Bytes publicKey() {
      ByteBuffer all = ByteBuffer.allocate(LENGTH).put(START);
      all.putLong(x0).putLong(x1).putLong(x2).putLong(x3);
      all.putLong(y0).putLong(y1).putLong(y2).putLong(y3);
      return Bytes.of(all.array());
    }

    @Override
    public boolean shownBy(Bytes shown, byte[] statement) {
      return CredentialSignature.holds(publicKey(), statement, shown.toArray());
    }
  }

  /**
   * It has had the token: it knows what digests to what the log holds.
   *
   * @param digest SHA-256 of the token's SHA-256
   */
  record OfToken(Digest digest) implements Possession {
    @Override
    public boolean shownBy(Bytes shown, byte[] statement) {
      return shown.digest().equals(digest);
    }
  }

  /**
   * Of that credential.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Possession of(LeafSigned signed) {
    return switch (signed.format()) {
      case X509 -> ofKey(SubjectPublicKey.certified(signed.credential()));
      case SSH -> ofKey(SshCertificate.read(signed.credential()).content().key().spki());
      case JWT -> new OfToken(signed.digest());
    };
  }

  /**
   * Of a key.
   *
   * @param publicKey SubjectPublicKeyInfo
   */
  static Possession ofKey(Bytes publicKey) {
    return OfPoint.of(publicKey).orElseGet(() -> new OfKey(publicKey));
  }
}
