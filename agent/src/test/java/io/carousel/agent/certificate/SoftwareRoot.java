package io.carousel.agent.certificate;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.SlotName;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A root outside of the house, with its key in memory. */
public final class SoftwareRoot {
  private final KeyPair key;
  private final X500Name name = new X500Name("CN=Elsewhere Root");
  private final X509CertificateHolder certificate;

  /** A new key with its own certificate, valid for two days around now. */
  public SoftwareRoot() {
    try {
      key = KeyPairGenerator.getInstance("EC").generateKeyPair();
      Instant now = Instant.now();
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              BigInteger.TEN,
              Date.from(now.minusSeconds(86_400)),
              Date.from(now.plusSeconds(86_400)),
              name,
              key.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key.getPublic()));
      certificate = builder.build(signer());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** A CA of that generation below it. */
  public SoftwareCa ca(AuthorityName authority, int generation) {
    return new SoftwareCa(authority, generation, new SlotName("hsm-a"), this);
  }

  /** Its own certificate, DER. */
  public Bytes certificate() {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A CRL that ended long ago if it is to be late, DER. */
  public Bytes crl(long number, boolean late, SoftwareCa... revoked) {
    try {
      Instant now = Instant.now();
      var builder = new X509v2CRLBuilder(name, Date.from(now.minusSeconds(7200)));
      builder.setNextUpdate(Date.from(late ? now.minusSeconds(3600) : now.plusSeconds(3600)));
      for (SoftwareCa ca : revoked) {
        builder.addCRLEntry(
            new X509CertificateHolder(ca.certificate().toArray()).getSerialNumber(),
            Date.from(now.minusSeconds(7200)),
            CRLReason.superseded);
      }
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
      return Bytes.of(builder.build(signer()).getEncoded());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  X500Name name() {
    return name;
  }

  ContentSigner signer() throws Exception {
    return new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate());
  }
}
