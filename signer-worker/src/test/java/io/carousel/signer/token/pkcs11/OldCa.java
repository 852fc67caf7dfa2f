package io.carousel.signer.token.pkcs11;

import io.carousel.events.Bytes;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/** A CA of others whose key is in a token: what it had signed before. */
final class OldCa {
  private OldCa() {}

  /** Its own certificate, with that path length, as its key signed it. */
  static Bytes certificate(Token token, TokenKey key, String subject, int pathLength)
      throws IOException {
    Instant now = Instant.now();
    var name = new X500Name(subject);
    var builder =
        new X509v3CertificateBuilder(
            name,
            BigInteger.valueOf(7),
            Date.from(now.minus(Duration.ofDays(30))),
            Date.from(now.plus(Duration.ofDays(365))),
            name,
            SubjectPublicKeyInfo.getInstance(key.publicKey().toArray()));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
    builder.addExtension(
        Extension.keyUsage,
        true,
        new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new SubjectKeyIdentifier(
            "an identifier of old".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    return Bytes.of(builder.build(new ByToken(token, key)).getEncoded());
  }

  private record ByToken(Token token, TokenKey key, ByteArrayOutputStream body)
      implements ContentSigner {
    ByToken(Token token, TokenKey key) {
      this(token, key, new ByteArrayOutputStream());
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return new DefaultSignatureAlgorithmIdentifierFinder().find(key.suite().jcaSignature());
    }

    @Override
    public OutputStream getOutputStream() {
      return body;
    }

    @Override
    public byte[] getSignature() {
      try {
        return token.sign(key.id(), key.suite(), body.toByteArray());
      } catch (TokenException e) {
        throw new AssertionError(e);
      }
    }
  }
}
