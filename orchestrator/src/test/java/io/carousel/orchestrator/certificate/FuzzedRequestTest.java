package io.carousel.orchestrator.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.testing.LongFuzzing;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Whatever the bytes are, reading them gives a request or ends in {@link Unacceptable}. */
@Tag(LongFuzzing.TAG)
class FuzzedRequestTest {
  private static final KeyPair PAIR = pair();
  private static final ContentSigner SIGNER = signer();
  private static final byte[] NAMES = names();
  private static final byte[] GOOD = requesting(NAMES).toArray();

  @Property(tries = 300)
  void randomBytes(@ForAll byte[] bytes) {
    assertThat(readOrRefuse(Bytes.of(bytes))).isEmpty();
  }

  /** Its own signature covers all of it but itself, and there is one way to write it. */
  @Property(tries = 500)
  void changedRequests(
      @ForAll @Size(min = 1, max = 3) List<@IntRange(max = 2_000) Integer> places,
      @ForAll @Size(3) byte[] changes) {
    byte[] changed = GOOD.clone();
    for (int i = 0; i < places.size(); i++) {
      changed[places.get(i) % changed.length] = changes[i];
    }
    assertThat(readOrRefuse(Bytes.of(changed)).isPresent()).isEqualTo(Arrays.equals(changed, GOOD));
    int cut = places.getFirst() % GOOD.length;
    assertThat(readOrRefuse(Bytes.of(Arrays.copyOf(GOOD, cut)))).isEmpty();
    byte[] twice = Arrays.copyOf(GOOD, GOOD.length + cut + 1);
    System.arraycopy(GOOD, 0, twice, GOOD.length, cut + 1);
    assertThat(readOrRefuse(Bytes.of(twice))).isEmpty();
  }

  /** Soundly signed; what it asks for is anything. */
  @Property(tries = 120)
  void anyNames(@ForAll byte[] names) {
    readOrRefuse(requesting(names));
  }

  /** Soundly signed; what it asks for was spoilt. */
  @Property(tries = 120)
  void changedNames(@ForAll @IntRange(max = 400) int place, @ForAll byte change) {
    byte[] changed = NAMES.clone();
    changed[place % changed.length] = change;
    readOrRefuse(requesting(changed));
    readOrRefuse(requesting(Arrays.copyOf(NAMES, place % NAMES.length)));
  }

  /** Soundly signed; a name of any kind holds anything. */
  @Property(tries = 120)
  void anyTexts(@ForAll @IntRange(max = 8) int kind, @ForAll String text, @ForAll byte[] octets) {
    var bytes = new DEROctetString(octets);
    for (byte[] tagged : List.of(tagged(kind, text), tagged(kind, bytes))) {
      readOrRefuse(requesting(tagged));
    }
  }

  private static Optional<CertificateRequest> readOrRefuse(Bytes der) {
    try {
      CertificateRequest read = CertificateRequest.read(der);
      assertThat(read.publicKey()).isEqualTo(Bytes.of(PAIR.getPublic().getEncoded()));
      assertThat(read.names()).allSatisfy(n -> assertThat(n.text()).matches("\\P{Cntrl}+"));
      return Optional.of(read);
    } catch (Unacceptable e) {
      assertThat(e.getMessage()).isNotBlank().matches("\\P{Cntrl}*");
      return Optional.empty();
    }
  }

  private static byte[] tagged(int kind, String text) {
    return tagged(kind, new org.bouncycastle.asn1.DERUTF8String(text));
  }

  private static byte[] tagged(int kind, ASN1Encodable value) {
    return encoded(new DERSequence(new org.bouncycastle.asn1.DERTaggedObject(false, kind, value)));
  }

  private static byte[] names() {
    return encoded(
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, "web-1.example"),
              new GeneralName(GeneralName.dNSName, "*.example"),
              new GeneralName(GeneralName.iPAddress, "192.0.2.1"),
              new GeneralName(GeneralName.iPAddress, "2001:db8::1"),
              new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://example/web"),
              new GeneralName(GeneralName.rfc822Name, "web@example.org")
            }));
  }

  /** A request with those bytes as its extension for names. */
  private static Bytes requesting(byte[] names) {
    PKCS10CertificationRequestBuilder builder =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=web-1"), PAIR.getPublic());
    builder.addAttribute(
        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
        new DERSequence(
            new DERSequence(
                new ASN1Encodable[] {
                  Extension.subjectAlternativeName, new DEROctetString(names)
                })));
    try {
      return Bytes.of(builder.build(SIGNER).getEncoded());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] encoded(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded("DER");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static ContentSigner signer() {
    try {
      return new JcaContentSignerBuilder("SHA256withECDSA").build(PAIR.getPrivate());
    } catch (org.bouncycastle.operator.OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }
}
