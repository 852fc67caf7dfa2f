package io.carousel.orchestrator.evidence;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.openssh.SshCertificate;
import io.carousel.events.seal.CredentialSignature;

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
      case X509 -> new OfKey(SubjectPublicKey.certified(signed.credential()));
      case SSH -> new OfKey(SshCertificate.read(signed.credential()).content().key().spki());
      case JWT -> new OfToken(signed.digest());
    };
  }
}
