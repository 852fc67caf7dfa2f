package io.carousel.events.seal;

import io.carousel.events.Bytes;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * Signatures by which the holder of a credential shows that it has the key: ECDSA with SHA-256, or
 * with SHA-384 on larger curves than P-256; RSA with SHA-256 and PKCS #1 v1.5 (RFC 8017, section
 * 8.2); Ed25519. ECDSA is verified by Bouncy Castle, which takes a fifth of the JDK's time.
 */
public final class CredentialSignature {
  private static final int P256 = 256;

  private CredentialSignature() {}

  /**
   * Whether that signature holds; false for whatever is no key or no signature.
   *
   * @param key SubjectPublicKeyInfo
   * @param signature ECDSA in DER (RFC 3279, section 2.2.3), others as their octets
   */
  public static boolean holds(Bytes key, byte[] statement, byte[] signature) {
    try {
      return switch (PublicKeyFactory.createKey(key.toArray())) {
        case ECPublicKeyParameters point -> ecdsa(point, statement, signature);
        case RSAKeyParameters _ -> rsa(key, statement, signature);
        case Ed25519PublicKeyParameters _ -> Authorship.verifies(key, statement, signature);
        case AsymmetricKeyParameter _ -> false;
      };
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // The parser throws whatever its depths throw at bytes that are no key.
      return false;
    }
  }

  private static boolean ecdsa(ECPublicKeyParameters point, byte[] statement, byte[] signature) {
    boolean larger = point.getParameters().getCurve().getFieldSize() > P256;
    var check =
        new DSADigestSigner(new ECDSASigner(), larger ? new SHA384Digest() : new SHA256Digest());
    check.init(false, point);
    check.update(statement, 0, statement.length);
    return check.verifySignature(signature);
  }

  private static boolean rsa(Bytes key, byte[] statement, byte[] signature)
      throws GeneralSecurityException {
    Signature check = Signature.getInstance("SHA256withRSA");
    check.initVerify(
        KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(key.toArray())));
    check.update(statement);
    return check.verify(signature);
  }
}
