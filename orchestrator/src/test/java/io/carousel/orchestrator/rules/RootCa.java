package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.CaRequest;
import io.carousel.events.Serial;
import io.carousel.events.Suite;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.RFC4519Style;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/** A CA outside of the house. What it signs can be bent in every field. */
public final class RootCa {
  /** Since long ago. */
  static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");

  /** Until long after. */
  static final Instant TO = Instant.parse("2040-01-01T00:00:00Z");

  private static final String USUAL = "SHA256withECDSA";

  private final KeyPair key = FakeSlot.keyPair(Suite.ECDSA_P256);
  private final X500Name name;
  private long serials = 0x1000;
  private Bytes own;

  /** Of that common name. */
  public RootCa(String commonName) {
    name = new X500Name(RFC4519Style.INSTANCE, "CN=%s,O=Elsewhere".formatted(commonName));
  }

  KeyPair key() {
    return key;
  }

  /** Its own certificate, DER; always the same. */
  public Bytes root() {
    if (own == null) {
      own = selfSigned();
    }
    return own;
  }

  private Bytes selfSigned() {
    return new Below(name, SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()))
        .constrained(new BasicConstraints(true))
        .between(FROM, TO)
        .without(Extension.authorityKeyIdentifier)
        .sign();
  }

  /** A certificate for what that request asks. */
  public Below below(Bytes request) {
    CaRequest parts = CaRequest.read(request);
    return new Below(
        X500Name.getInstance(parts.subject().toArray()),
        SubjectPublicKeyInfo.getInstance(parts.publicKey().toArray()));
  }

  /** A CRL of a week, DER. */
  public Bytes crl(long number, Instant from, Serial... revoked) {
    return new Crl(number, from).revoking(revoked).sign();
  }

  Crl list(long number, Instant from) {
    return new Crl(number, from);
  }

  /** A key of the kind that {@link #request} is for. */
  public static KeyPair keyPair() {
    return FakeSlot.keyPair(Suite.ECDSA_P256);
  }

  /** A request as workers make them. */
  public static Bytes request(KeyPair pair, Suite suite, String subject) {
    return request(pair, pair, suite.jcaSignature(), subject, new BasicConstraints(0));
  }

  static Bytes request(
      KeyPair pair,
      KeyPair signer,
      String algorithm,
      String subject,
      BasicConstraints constraints) {
    try {
      var spki = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, constraints);
      extensions.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      extensions.addExtension(
          Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(identifier(spki)));
      var builder =
          new PKCS10CertificationRequestBuilder(new X500Name(RFC4519Style.INSTANCE, subject), spki);
      builder.addAttribute(
          org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
          extensions.generate());
      return Bytes.of(
          builder
              .build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  /** RFC 7093, section 2, method 1. */
  static byte[] identifier(SubjectPublicKeyInfo spki) {
    byte[] digest = Bytes.of(spki.getPublicKeyData().getOctets()).digest().bytes();
    return Arrays.copyOf(digest, 20);
  }

  private record Part(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {}

  /** A certificate in the making. */
  public final class Below {
    private X500Name subject;
    private X500Name issuer = name;
    private final SubjectPublicKeyInfo publicKey;
    private KeyPair signer = key;
    private String algorithm = USUAL;
    private BigInteger serial = BigInteger.valueOf(++serials);
    private Instant from = Instant.parse("2026-03-01T11:00:00Z");
    private Instant to = Instant.parse("2027-02-01T12:00:00Z");
    private final List<Part> parts = new ArrayList<>();

    private Below(X500Name subject, SubjectPublicKeyInfo publicKey) {
      this.subject = subject;
      this.publicKey = publicKey;
      constrained(new BasicConstraints(0));
      using(KeyUsage.keyCertSign | KeyUsage.cRLSign);
      identified(identifier(publicKey));
      var own = SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded());
      with(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(identifier(own)));
    }

    Below with(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
      without(oid);
      parts.add(new Part(oid, critical, value));
      return this;
    }

    Below without(ASN1ObjectIdentifier oid) {
      parts.removeIf(p -> p.oid().equals(oid));
      return this;
    }

    Below constrained(BasicConstraints constraints) {
      return with(Extension.basicConstraints, true, constraints);
    }

    Below using(int bits) {
      return with(Extension.keyUsage, true, new KeyUsage(bits));
    }

    Below identified(byte[] identifier) {
      return with(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(identifier));
    }

    Below named(X500Name other) {
      subject = other;
      return this;
    }

    Below issuedBy(String other) {
      issuer = new X500Name(RFC4519Style.INSTANCE, other);
      return this;
    }

    Below signedBy(KeyPair other) {
      signer = other;
      return this;
    }

    Below signedWith(String other) {
      algorithm = other;
      return this;
    }

    Below numbered(BigInteger other) {
      serial = other;
      return this;
    }

    /** From and until when it is valid. */
    public Below between(Instant begin, Instant end) {
      from = begin;
      to = end;
      return this;
    }

    SubjectPublicKeyInfo publicKey() {
      return publicKey;
    }

    /** DER. */
    public Bytes sign() {
      try {
        var builder =
            new X509v3CertificateBuilder(
                issuer, serial, Date.from(from), Date.from(to), subject, publicKey);
        for (Part part : parts) {
          builder.addExtension(part.oid(), part.critical(), part.value());
        }
        return Bytes.of(
            builder
                .build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()))
                .getEncoded());
      } catch (IOException | OperatorCreationException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** A CRL in the making. */
  final class Crl {
    private final List<Part> parts = new ArrayList<>();
    private final List<Serial> revoked = new ArrayList<>();
    private final Instant from;
    private Instant to;
    private X500Name issuer = name;
    private KeyPair signer = key;
    private String algorithm = USUAL;
    private int reason;

    private Crl(long number, Instant from) {
      this.from = from;
      this.to = from.plus(Duration.ofDays(7));
      parts.add(new Part(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number))));
    }

    Crl revoking(Serial... serials) {
      revoked.addAll(List.of(serials));
      return this;
    }

    Crl because(int code) {
      reason = code;
      return this;
    }

    Crl until(Instant end) {
      to = end;
      return this;
    }

    Crl issuedBy(String other) {
      issuer = new X500Name(RFC4519Style.INSTANCE, other);
      return this;
    }

    Crl signedBy(KeyPair other) {
      signer = other;
      return this;
    }

    Crl signedWith(String other) {
      algorithm = other;
      return this;
    }

    Crl with(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
      parts.add(new Part(oid, critical, value));
      return this;
    }

    Crl unnumbered() {
      parts.removeFirst();
      return this;
    }

    Bytes sign() {
      try {
        var builder = new X509v2CRLBuilder(issuer, Date.from(from));
        if (to != null) {
          builder.setNextUpdate(Date.from(to));
        }
        revoked.forEach(s -> builder.addCRLEntry(s.number(), Date.from(from), reason));
        for (Part part : parts) {
          builder.addExtension(part.oid(), part.critical(), part.value());
        }
        return Bytes.of(
            builder
                .build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()))
                .getEncoded());
      } catch (IOException | OperatorCreationException e) {
        throw new AssertionError(e);
      }
    }
  }
}
