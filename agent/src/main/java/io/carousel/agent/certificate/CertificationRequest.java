package io.carousel.agent.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.ParticipantName;
import java.io.IOException;
import java.security.KeyPair;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** A PKCS#10 certification request (RFC 2986). */
public final class CertificationRequest {
  private CertificationRequest() {}

  /**
   * Asks to certify a key for a participant: subject {@code CN=name}, no attributes, signed by the
   * key itself.
   *
   * @param key ECDSA over P-256
   * @return DER
   */
  public static Bytes of(ParticipantName name, KeyPair key) {
    try {
      var subject = new X500NameBuilder().addRDN(BCStyle.CN, name.value()).build();
      return Bytes.of(
          new JcaPKCS10CertificationRequestBuilder(subject, key.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
              .getEncoded());
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("a P-256 key that cannot sign its own request", e);
    }
  }
}
