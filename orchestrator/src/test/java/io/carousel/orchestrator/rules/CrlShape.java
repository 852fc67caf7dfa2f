package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.RevocationReason;
import io.carousel.events.SigningCommand.SignCrl;
import java.io.IOException;
import java.security.KeyPair;
import java.util.Date;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * How a CRL looks: what a worker might get wrong.
 *
 * @param draft what it says in place of what was asked
 * @param numbered whether it has its number
 * @param identified whether it names its issuer's key
 * @param foreign whether another key signs it
 */
record CrlShape(
    UnaryOperator<CrlDraft> draft, boolean numbered, boolean identified, boolean foreign) {
  /** As it should be. */
  static final CrlShape RIGHT = new CrlShape(d -> d, true, true, false);

  CrlShape saying(UnaryOperator<CrlDraft> other) {
    return new CrlShape(other, numbered, identified, foreign);
  }

  CrlShape unnumbered() {
    return new CrlShape(draft, false, identified, foreign);
  }

  CrlShape unidentified() {
    return new CrlShape(draft, numbered, false, foreign);
  }

  CrlShape signedByAnother() {
    return new CrlShape(draft, numbered, identified, true);
  }

  Bytes crl(SignCrl asked, KeyPair key) {
    try {
      CrlDraft says = draft.apply(asked.draft());
      var issuer = new X509CertificateHolder(asked.issuer().toArray());
      var builder = new X509v2CRLBuilder(issuer.getSubject(), Date.from(says.thisUpdate()));
      builder.setNextUpdate(Date.from(says.nextUpdate()));
      for (CrlDraft.Entry e : says.revoked()) {
        builder.addCRLEntry(e.serial().number(), Date.from(e.since()), reason(e));
      }
      if (identified) {
        byte[] id = SubjectKeyIdentifier.fromExtensions(issuer.getExtensions()).getKeyIdentifier();
        builder.addExtension(
            Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(id));
      }
      if (numbered) {
        builder.addExtension(Extension.cRLNumber, false, new CRLNumber(says.number().number()));
      }
      KeyPair signer = foreign ? FakeSlot.keyPair(asked.suite()) : key;
      return Bytes.of(
          builder
              .build(
                  new JcaContentSignerBuilder(asked.suite().jcaSignature())
                      .build(signer.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  /** Zero is left out by the builder, as RFC 5280 wants it. */
  private static int reason(CrlDraft.Entry e) {
    return e.reason() == RevocationReason.UNSPECIFIED ? 0 : e.reason().code();
  }
}
