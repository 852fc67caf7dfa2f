package io.carousel.orchestrator.evidence;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.openssh.SshCertificate;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;

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
      return verifies(publicKey, statement, shown);
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

  private static boolean verifies(Bytes publicKey, byte[] statement, Bytes signature) {
    for (String algorithm : new String[] {"EC", "RSA", "Ed25519"}) {
      try {
        PublicKey key =
            KeyFactory.getInstance(algorithm)
                .generatePublic(new X509EncodedKeySpec(publicKey.toArray()));
        Signature s = Signature.getInstance(signatureOf(key));
        s.initVerify(key);
        s.update(statement);
        return s.verify(signature.toArray());
      } catch (InvalidKeySpecException e) {
        // a key of another kind: the next algorithm is tried
      } catch (GeneralSecurityException e) {
        return false;
      }
    }
    return false;
  }

  private static String signatureOf(PublicKey key) {
    return switch (key) {
      case ECPublicKey ec ->
          ec.getParams().getCurve().getField().getFieldSize() > 256
              ? "SHA384withECDSA"
              : "SHA256withECDSA";
      case RSAPublicKey _ -> "SHA256withRSA";
      default -> "Ed25519";
    };
  }
}
