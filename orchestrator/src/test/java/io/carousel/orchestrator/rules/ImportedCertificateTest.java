package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.carousel.events.AuthorityEvent.CaCertificateImported;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.ExternalRoot;
import io.carousel.events.FormatSuite;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.RootUse;
import io.carousel.events.Suite;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A certificate from outside becomes that of a key only if nothing is wrong with it. */
class ImportedCertificateTest {
  private static final int BOTH = KeyUsage.keyCertSign | KeyUsage.cRLSign;
  private static final KeyPair OTHER = FakeSlot.keyPair(Suite.ECDSA_P256);
  private static final ExternalScene SCENE = ExternalScene.creating(RootUse.PINNED);
  private static final Instant NOW = SCENE.story().now();

  private record Bent(CertificateFlaw flaw, UnaryOperator<RootCa.Below> how) {}

  private static final Map<String, Bent> WRONG = wrong();

  private static Map<String, Bent> wrong() {
    var w = new LinkedHashMap<String, Bent>();
    w.put(
        "another subject",
        bent(CertificateFlaw.SUBJECT, c -> c.named(new X500Name("CN=user G9 hsm-a,O=Carousel"))));
    w.put("another issuer", bent(CertificateFlaw.ISSUER, c -> c.issuedBy("CN=Another Root")));
    w.put("another signer", bent(CertificateFlaw.SIGNATURE, c -> c.signedBy(OTHER)));
    w.put("SHA-1", bent(CertificateFlaw.ALGORITHM, c -> c.signedWith("SHA1withECDSA")));
    w.put("no CA", constrained(new BasicConstraints(false)));
    w.put("a longer path", constrained(new BasicConstraints(1)));
    w.put("any path", constrained(new BasicConstraints(true)));
    w.put(
        "no constraints",
        bent(CertificateFlaw.BASIC_CONSTRAINTS, c -> c.without(Extension.basicConstraints)));
    w.put(
        "constraints that may be ignored",
        bent(
            CertificateFlaw.BASIC_CONSTRAINTS,
            c -> c.with(Extension.basicConstraints, false, new BasicConstraints(0))));
    w.put("no CRLs", bent(CertificateFlaw.KEY_USAGE, c -> c.using(KeyUsage.keyCertSign)));
    w.put("CRLs alone", bent(CertificateFlaw.KEY_USAGE, c -> c.using(KeyUsage.cRLSign)));
    w.put(
        "encryption beside",
        bent(CertificateFlaw.KEY_USAGE, c -> c.using(BOTH | KeyUsage.keyEncipherment)));
    w.put("no usage", bent(CertificateFlaw.KEY_USAGE, c -> c.without(Extension.keyUsage)));
    w.put(
        "clients alone",
        bent(
            CertificateFlaw.PURPOSE,
            c ->
                c.with(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))));
    w.put(
        "name constraints",
        bent(
            CertificateFlaw.EXTENSION,
            c -> c.with(Extension.nameConstraints, true, exampleAlone())));
    w.put(
        "name constraints that may be ignored",
        bent(
            CertificateFlaw.EXTENSION,
            c -> c.with(Extension.nameConstraints, false, exampleAlone())));
    w.put(
        "a critical extension that nobody knows",
        bent(
            CertificateFlaw.EXTENSION,
            c -> c.with(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"), true, DERNull.INSTANCE)));
    w.put(
        "no key identifier",
        bent(CertificateFlaw.KEY_IDENTIFIER, c -> c.without(Extension.subjectKeyIdentifier)));
    w.put(
        "an empty key identifier",
        bent(CertificateFlaw.KEY_IDENTIFIER, c -> c.identified(new byte[0])));
    w.put(
        "a key identifier that is too long",
        bent(CertificateFlaw.KEY_IDENTIFIER, c -> c.identified(new byte[65])));
    w.put(
        "another authority key identifier",
        bent(
            CertificateFlaw.AUTHORITY_KEY_IDENTIFIER,
            c ->
                c.with(
                    Extension.authorityKeyIdentifier,
                    false,
                    new AuthorityKeyIdentifier(new byte[20]))));
    w.put(
        "a serial number of nothing",
        bent(CertificateFlaw.SERIAL, c -> c.numbered(BigInteger.ZERO)));
    w.put(
        "a serial number too long",
        bent(CertificateFlaw.SERIAL, c -> c.numbered(BigInteger.ONE.shiftLeft(160))));
    w.put("not yet", bent(CertificateFlaw.VALIDITY, c -> c.between(NOW.plusSeconds(1), RootCa.TO)));
    w.put(
        "no more",
        bent(CertificateFlaw.VALIDITY, c -> c.between(NOW.minusSeconds(9), NOW.minusSeconds(1))));
    w.put(
        "shorter than a credential",
        bent(
            CertificateFlaw.VALIDITY,
            c -> c.between(NOW.minusSeconds(9), NOW.plus(Duration.ofMinutes(59)))));
    w.put(
        "longer than the root",
        bent(CertificateFlaw.OUTLIVES_ROOT, c -> c.between(NOW, RootCa.TO.plusSeconds(1))));
    w.put(
        "longer than the policy",
        bent(
            CertificateFlaw.TOO_LONG,
            c -> c.between(NOW, NOW.plus(Duration.ofDays(365)).plusSeconds(61))));
    return w;
  }

  private static Bent bent(CertificateFlaw flaw, UnaryOperator<RootCa.Below> how) {
    return new Bent(flaw, how);
  }

  private static Bent constrained(BasicConstraints other) {
    return bent(CertificateFlaw.BASIC_CONSTRAINTS, c -> c.constrained(other));
  }

  private static X500Name upsideDown() {
    // PrintableString where the request has UTF8String.
    return new X500NameBuilder(new Printable())
        .addRDN(BCStyle.O, "Carousel")
        .addRDN(BCStyle.CN, "user G1 hsm-a")
        .build();
  }

  private static final class Printable extends BCStyle {
    @Override
    protected ASN1Encodable encodeStringValue(ASN1ObjectIdentifier oid, String value) {
      return new DERPrintableString(value);
    }
  }

  private static NameConstraints exampleAlone() {
    return new NameConstraints(
        new GeneralSubtree[] {new GeneralSubtree(new GeneralName(GeneralName.dNSName, "example"))},
        null);
  }

  @TestFactory
  Stream<DynamicTest> whatDeviatesIsRefusedByItsOwnReason() {
    return WRONG.entrySet().stream()
        .map(e ->
            dynamicTest(
                e.getKey(),
                () ->
                    refused(
                        e.getValue().flaw(),
                        e.getValue().how().apply(SCENE.certificate(Scene.A)).sign())));
  }

  private static void refused(CertificateFlaw flaw, Bytes certificate) {
    Refusal why = SCENE.story().refuse(SCENE.brings(certificate));
    assertThat(why)
        .isInstanceOfSatisfying(
            ExternalRefusal.CertificateUnfit.class,
            unfit -> assertThat(unfit.flaw()).as(unfit.detail()).isEqualTo(flaw));
  }

  @Test
  void everyFlawIsTried() {
    assertThat(WRONG.values().stream().map(Bent::flaw).distinct().toList())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(CertificateFlaw.values())
                .filter(f -> f != CertificateFlaw.UNREADABLE && f != CertificateFlaw.KEY)
                .toList());
  }

  @Test
  void anotherKeyIsRefused() {
    Bytes request = RootCa.request(OTHER, Suite.ECDSA_P256, "CN=user G1 hsm-a,O=Carousel");
    refused(CertificateFlaw.KEY, SCENE.root.below(request).sign());
  }

  @Test
  void whatIsNoneIsRefused() {
    byte[] good = SCENE.certificate(Scene.A).sign().toArray();
    refused(CertificateFlaw.UNREADABLE, Bytes.of(new byte[0]));
    refused(CertificateFlaw.UNREADABLE, Bytes.of(Arrays.copyOf(good, good.length + 1)));
    refused(CertificateFlaw.UNREADABLE, Bytes.of(Arrays.copyOf(good, good.length - 1)));
  }

  @Test
  void theHabitsOfRootsAreAllowed() {
    for (UnaryOperator<RootCa.Below> habit :
        Stream.<UnaryOperator<RootCa.Below>>of(
                UnaryOperator.identity(),
                c -> c.using(BOTH | KeyUsage.digitalSignature),
                c -> c.identified(sha1(c.publicKey().getPublicKeyData().getOctets())),
                // By a method of its own, as RFC 5280, section 4.2.1.2, lets it.
                c -> c.identified(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}),
                c -> c.named(upsideDown()),
                c -> c.named(new X500Name("o=CAROUSEL,CN=User  G1 hsm-a")),
                c -> c.issuedBy("CN=elsewhere  ROOT,O=ELSEWHERE"),
                c -> c.without(Extension.authorityKeyIdentifier),
                c ->
                    c.with(
                        Extension.extendedKeyUsage,
                        false,
                        new ExtendedKeyUsage(KeyPurposeId.anyExtendedKeyUsage)))
            .toList()) {
      ExternalScene s = ExternalScene.creating(RootUse.ROOT);
      assertThat(s.story().accept(s.brings(habit.apply(s.certificate(Scene.A)).sign())))
          .hasExactlyElementsOfTypes(CaCertificateImported.class, CrlRequested.class);
    }
  }

  private static byte[] sha1(byte[] bits) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bits);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Where both texts look the same, their types and octets tell. */
  @Test
  void theDifferenceOfNamesIsShown() {
    var confused =
        new X500Name(
            new RDN[] {
              new RDN(BCStyle.O, new DERUTF8String("Car\u043eusel")),
              new RDN(BCStyle.CN, new DERUTF8String("user G1 hsm-a"))
            });
    Refusal why =
        SCENE.story().refuse(SCENE.brings(SCENE.certificate(Scene.A).named(confused).sign()));
    assertThat(why.message())
        .contains(
            "its subject is not that of the request: part 1 is O=UTF8String 'Car\\u{43e}usel'")
        .contains("(DER 0c09436172d0be7573656c) in the certificate, and O=")
        .contains("'Carousel' (DER ")
        .contains("4361726f7573656c) in the request");
    var shorter = new X500Name(new RDN[] {new RDN(BCStyle.CN, new DERUTF8String("Carousel"))});
    assertThat(
            SCENE
                .story()
                .refuse(SCENE.brings(SCENE.certificate(Scene.A).named(shorter).sign()))
                .message())
        .contains("part 1 is CN=UTF8String 'Carousel'");
  }

  @Test
  void oneSerialNumberIsOneCertificate() {
    ExternalScene s = ExternalScene.creating(RootUse.PINNED);
    s.story().accept(s.brings(s.certificate(Scene.A).numbered(BigInteger.valueOf(77)).sign()));
    Refusal why =
        s.story().refuse(s.brings(s.certificate(Scene.B).numbered(BigInteger.valueOf(77)).sign()));
    assertThat(why.message()).contains("serial number 4d is that of another certificate");
  }

  @Test
  void aCertificateIsTakenOnce() {
    ExternalScene s = ExternalScene.creating(RootUse.PINNED);
    Bytes first = s.certificate(Scene.A).sign();
    s.story().accept(s.brings(first));
    assertThat(s.story().refuse(s.brings(first)).message())
        .contains("its key is none of those that wait for a certificate (hsm-b");
  }

  @Test
  void nothingIsTakenWhereNothingIsAwaited() {
    ExternalScene s = ExternalScene.creating(RootUse.PINNED);
    Bytes late = s.certificate(Scene.A).sign();
    s.certified();
    assertThat(s.story().refuse(s.brings(late)).code()).isEqualTo("no-certificate-awaited");
  }

  @Test
  void anAuthorityOfThisHouseIsNoRoot() {
    Scene own = Scene.standby();
    var act =
        new CreateAuthority(
            new AuthorityName("db"),
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(Scene.A),
            Scene.POLICY,
            "p-1",
            Optional.of(
                new ExternalRoot(
                    own.user()
                        .generation(1)
                        .ready()
                        .findFirst()
                        .orElseThrow()
                        .certificate()
                        .orElseThrow(),
                    RootUse.PINNED)));
    // Its path length says so already; whoever made one that allows more is told who it is.
    assertThat(own.story.refuse(act).code()).isEqualTo("root-unfit");
  }
}
