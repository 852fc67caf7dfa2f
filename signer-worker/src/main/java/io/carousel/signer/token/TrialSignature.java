package io.carousel.signer.token;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/**
 * A signature made to see that a key works, over a message that can be nothing else: it begins with
 * text, and a certificate, a CRL or a request with the byte 0x30 of a DER SEQUENCE. Nor can it be
 * foreseen by whoever would like to have it signed.
 *
 * @param key what signed
 * @param message what was signed
 * @param signature in X.509's form
 * @param valid whether it verifies under the key's public half
 */
public record TrialSignature(TokenKey key, Bytes message, Bytes signature, boolean valid) {
  /** How every message begins. */
  public static final String TAG = "carousel-slot-check-v1\n";

  private static final int NONCE = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Makes one, and verifies it on this host. */
  public static TrialSignature make(Token token, TokenKey key) throws TokenException {
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    String text = TAG + "key " + key.id() + "\nnonce " + HexFormat.of().formatHex(nonce) + "\n";
    byte[] message = text.getBytes(US_ASCII);
    byte[] signature = token.sign(key.id(), key.suite(), message);
    return new TrialSignature(
        key, Bytes.of(message), Bytes.of(signature), verifies(key, message, signature));
  }

  private static boolean verifies(TokenKey key, byte[] message, byte[] signature) {
    try {
      Signature judge = Signature.getInstance(key.suite().jcaSignature());
      judge.initVerify(
          KeyFactory.getInstance(key.suite().family().jca())
              .generatePublic(new X509EncodedKeySpec(key.publicKey().toArray())));
      judge.update(message);
      return judge.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // not even of the right form
    }
  }
}
