package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import io.carousel.events.seal.Authorship;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * Verification on this host: of RSA by the JDK, of ECDSA and Ed25519 by Bouncy Castle, which takes
 * a fifth of the JDK's time for P-256 and an eighth for Ed25519.
 */
public final class Signatures {
  private static final int MOST_POINTS = 64;

  /**
   * The keys that were seen last: a worker verifies under few, again and again. Bouncy Castle keeps
   * with a point what it has computed of it, which halves the time of the next verification.
   */
  private static final Map<Bytes, ECPublicKeyParameters> POINTS = new ConcurrentHashMap<>();

  private Signatures() {}

  /**
   * Whether that signature holds; false also for a key that is not of the suite.
   *
   * @param key SubjectPublicKeyInfo
   * @param signature in the form of X.509
   */
  public static boolean hold(Bytes key, Suite suite, byte[] message, byte[] signature) {
    return switch (suite.family()) {
      case RSA -> rsa(key, suite, message, signature);
      case EC -> ecdsa(key, suite, message, signature);
      case ED25519 -> Authorship.verifies(key, message, signature);
    };
  }

  private static boolean rsa(Bytes key, Suite suite, byte[] message, byte[] signature) {
    try {
      Signature check = Signature.getInstance(suite.jcaSignature());
      check.initVerify(
          KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(key.toArray())));
      check.update(message);
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean ecdsa(Bytes key, Suite suite, byte[] message, byte[] signature) {
    try {
      ECPublicKeyParameters point = point(key);
      if (point.getParameters().getCurve().getFieldSize() != suite.bits()) {
        return false;
      }
      var check = new DSADigestSigner(new ECDSASigner(), digest(suite));
      check.init(false, point);
      check.update(message, 0, message.length);
      return check.verifySignature(signature);
    } catch (IOException | RuntimeException e) {
      return false; // no key, or a point on no curve of ours
    }
  }

  private static ECPublicKeyParameters point(Bytes key) throws IOException {
    ECPublicKeyParameters known = POINTS.get(key);
    if (known != null) {
      return known;
    }
    if (!(PublicKeyFactory.createKey(key.toArray()) instanceof ECPublicKeyParameters point)) {
      throw new IOException("not a key on a curve");
    }
    if (POINTS.size() >= MOST_POINTS) {
      POINTS.clear();
    }
    POINTS.put(key, point);
    return point;
  }

  private static Digest digest(Suite suite) {
    return switch (suite) {
      case ECDSA_P256 -> new SHA256Digest();
      case ECDSA_P384 -> new SHA384Digest();
      case RSA_2048, RSA_3072, RSA_4096, ED25519 ->
          throw new IllegalArgumentException("not by ECDSA: " + suite);
    };
  }
}
