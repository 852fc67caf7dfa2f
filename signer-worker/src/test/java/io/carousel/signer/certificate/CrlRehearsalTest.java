package io.carousel.signer.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlDraft.Entry;
import io.carousel.events.CrlNumber;
import io.carousel.events.KeyId;
import io.carousel.events.ListedSerial;
import io.carousel.events.RevocationReason;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.signer.Asked;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A draft of a CRL that says anything else than its command is caught, whatever it is. */
class CrlRehearsalTest {
  private static final Instant FROM = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant TO = Instant.parse("2055-03-01T12:00:00Z");
  private static final Entry ONE = entry(RevocationReason.SUPERSEDED);
  private static final Entry TWO = entry(RevocationReason.UNSPECIFIED);
  private static final Issuer ISSUER = issuer("CN=an issuer", 0);
  private static final SignCrl CRL = crl(7, FROM, TO, ONE, TWO);

  private static Entry entry(RevocationReason reason) {
    return new Entry(Asked.serial(), FROM.minusSeconds(9), reason);
  }

  private static Issuer issuer(String name, int identifier) {
    byte[] key = new byte[20];
    key[0] = (byte) identifier;
    return new Issuer(
        Bytes.of(new byte[1]),
        Bytes.of(new X500Principal(name).getEncoded()),
        Bytes.of(key),
        Bytes.of(new byte[1]),
        TO.plusSeconds(1));
  }

  private static SignCrl crl(long number, Instant from, Instant to, Entry... revoked) {
    return crl(Suite.ECDSA_P256, new CrlDraft(CrlNumber.of(number), from, to, List.of(revoked)));
  }

  private static SignCrl crl(Suite suite, CrlDraft draft) {
    return new SignCrl(
        Asked.id(),
        1,
        Asked.USER,
        1,
        new SlotName("hsm-a"),
        new KeyId("00"),
        Bytes.of(new byte[1]),
        suite,
        Bytes.of(new byte[1]),
        draft);
  }

  record Other(String field, SignCrl command) {
    @Override
    public String toString() {
      return field;
    }
  }

  static List<Other> others() {
    return List.of(
        new Other("number", crl(8, FROM, TO, ONE, TWO)),
        new Other("number", crl(7 + (1L << 40), FROM, TO, ONE, TWO)),
        new Other("thisUpdate", crl(7, FROM.plusSeconds(1), TO, ONE, TWO)),
        new Other("nextUpdate", crl(7, FROM, TO.minusSeconds(1), ONE, TWO)),
        new Other("entries", crl(7, FROM, TO, ONE)),
        new Other("entries", crl(7, FROM, TO)),
        new Other("entries", crl(7, FROM, TO, ONE, TWO, entry(RevocationReason.SUPERSEDED))),
        new Other(
            "entries", crl(7, FROM, TO, new Entry(Asked.serial(), ONE.since(), ONE.reason()), TWO)),
        new Other(
            "entries",
            crl(
                7,
                FROM,
                TO,
                new Entry(ONE.serial(), ONE.since().plusSeconds(1), ONE.reason()),
                TWO)),
        new Other(
            "entries",
            crl(
                7,
                FROM,
                TO,
                new Entry(ONE.serial(), ONE.since(), RevocationReason.KEY_COMPROMISE),
                TWO)),
        new Other(
            "entries",
            crl(
                7,
                FROM,
                TO,
                new Entry(ONE.serial(), ONE.since(), RevocationReason.UNSPECIFIED),
                TWO)));
  }

  @ParameterizedTest
  @MethodSource("others")
  void anotherCrlIsCaught(Other other) throws Refused {
    ToBeSigned draft = Drafts.crl(other.command(), ISSUER);
    assertThatCode(() -> CrlRehearsal.of(draft, other.command(), ISSUER))
        .doesNotThrowAnyException();
    caught(() -> CrlRehearsal.of(draft, CRL, ISSUER), other.field() + " is '");
  }

  @Test
  void anotherIssuerIsCaught() throws Refused {
    ToBeSigned name = Drafts.crl(CRL, issuer("CN=another", 0));
    caught(() -> CrlRehearsal.of(name, CRL, ISSUER), "issuer is '");
    ToBeSigned key = Drafts.crl(CRL, issuer("CN=an issuer", 1));
    caught(() -> CrlRehearsal.of(key, CRL, ISSUER), "authority key identifier is '");
  }

  @Test
  void anotherAlgorithmIsCaught() throws Refused {
    Bytes bytes = Drafts.crl(CRL, ISSUER).bytes();
    caught(
        () -> CrlRehearsal.of(new ToBeSigned(Suite.ECDSA_P384, bytes), CRL, ISSUER), "the draft");
    SignCrl p384 = crl(Suite.ECDSA_P384, CRL.draft());
    Bytes within = Drafts.crl(p384, ISSUER).bytes();
    caught(
        () -> CrlRehearsal.of(new ToBeSigned(Suite.ECDSA_P256, within), CRL, ISSUER), "the draft");
  }

  /** What a writer with a fault could write, and no command asks for. */
  private interface Fault {
    void in(V2TBSCertListGenerator tbs, ExtensionsGenerator extensions) throws IOException;
  }

  record Planted(String field, Fault fault) {
    @Override
    public String toString() {
      return field;
    }
  }

  static List<Planted> planted() {
    return List.of(
        new Planted(
            "critical extensions is '",
            (_, e) ->
                e.addExtension(
                    Extension.issuingDistributionPoint,
                    true,
                    new IssuingDistributionPoint(null, true, false))),
        new Planted(
            "other extensions is '",
            (_, e) ->
                e.addExtension(
                    Extension.deltaCRLIndicator, false, new CRLNumber(java.math.BigInteger.ONE))),
        new Planted(
            "other extensions than its reason",
            (tbs, _) -> tbs.addCRLEntry(new ASN1Integer(5), time(FROM), CRLReason.removeFromCRL)),
        new Planted(
            "entries is '",
            (tbs, _) -> tbs.addCRLEntry(new ASN1Integer(5), time(FROM), CRLReason.superseded)),
        new Planted(
            "entries is '",
            (tbs, _) -> tbs.addCRLEntry(new ASN1Integer(-5), time(FROM), CRLReason.superseded)),
        new Planted(
            "entries is '",
            (tbs, _) -> tbs.addCRLEntry(new ASN1Integer(0), time(FROM), CRLReason.superseded)),
        new Planted(
            "other extensions than its reason",
            (tbs, _) ->
                tbs.addCRLEntry(
                    new ASN1Integer(5),
                    time(FROM),
                    CRLReason.superseded,
                    new org.bouncycastle.asn1.ASN1GeneralizedTime(Date.from(FROM)))));
  }

  private static Time time(Instant moment) {
    return new Time(Date.from(moment));
  }

  @ParameterizedTest
  @MethodSource("planted")
  void aFaultOfTheWriterIsCaught(Planted planted) throws Exception {
    ToBeSigned draft = written(planted.fault());
    caught(() -> CrlRehearsal.of(draft, CRL, ISSUER), planted.field());
  }

  @Test
  void withoutAFaultNothingIs() throws Exception {
    CrlRehearsal.of(written((_, _) -> {}), CRL, ISSUER);
  }

  private static ToBeSigned written(Fault fault) throws IOException {
    var tbs = new V2TBSCertListGenerator();
    tbs.setSignature(Der.algorithm(Suite.ECDSA_P256));
    tbs.setIssuer(X500Name.getInstance(ISSUER.name().toArray()));
    tbs.setThisUpdate(time(FROM));
    tbs.setNextUpdate(time(TO));
    tbs.addCRLEntry(number(ONE.serial()), time(ONE.since()), CRLReason.superseded);
    tbs.addCRLEntry(
        number(TWO.serial()), time(TWO.since()), (org.bouncycastle.asn1.x509.Extensions) null);
    var extensions = new ExtensionsGenerator();
    extensions.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(ISSUER.keyIdentifier().toArray()));
    extensions.addExtension(
        Extension.cRLNumber, false, new CRLNumber(java.math.BigInteger.valueOf(7)));
    fault.in(tbs, extensions);
    tbs.setExtensions(extensions.generate());
    return new ToBeSigned(
        Suite.ECDSA_P256, Bytes.of(tbs.generateTBSCertList().getEncoded(ASN1Encoding.DER)));
  }

  private static ASN1Integer number(ListedSerial serial) {
    return new ASN1Integer(serial.number());
  }

  /** RFC 5280 demands one; a CRL without it would be good for ever. */
  @Test
  void aCrlThatNeverEndsIsCaught() throws Exception {
    Bytes whole = Drafts.crl(CRL, ISSUER).bytes();
    var parts = new ASN1EncodableVector();
    var sequence = (ASN1Sequence) ASN1Primitive.fromByteArray(whole.toArray());
    for (int i = 0; i < sequence.size(); i++) {
      if (i != 4) { // version, algorithm, issuer, thisUpdate, nextUpdate
        parts.add(sequence.getObjectAt(i));
      }
    }
    Bytes endless = Bytes.of(new DERSequence(parts).getEncoded(ASN1Encoding.DER));
    caught(
        () -> CrlRehearsal.of(new ToBeSigned(Suite.ECDSA_P256, endless), CRL, ISSUER),
        "nextUpdate is '");
  }

  @Test
  void aDraftMustBeSound() {
    refused(Refusal.BAD_VALIDITY, crl(7, FROM.plusMillis(1), TO));
    refused(Refusal.BAD_VALIDITY, crl(7, FROM, TO.minusMillis(1)));
    refused(Refusal.OUTLIVES_ISSUER, crl(7, FROM, ISSUER.notAfter().plusSeconds(1)));
    Entry split = new Entry(ONE.serial(), FROM.plusNanos(1), ONE.reason());
    refused(Refusal.BAD_VALIDITY, crl(7, FROM, TO, split));
    for (Instant since : List.of(Instant.MIN, Instant.MAX.minus(Duration.ofNanos(999_999_999)))) {
      refused(Refusal.BAD_VALIDITY, crl(7, FROM, TO, new Entry(ONE.serial(), since, ONE.reason())));
    }
  }

  /** What a CA elsewhere has revoked before its key was adopted, whatever it numbered so. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "5",
        "-5",
        "4d",
        "7fffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffff",
        "-8000000000000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffffffffffffffffffff"
      })
  void foreignSerialNumbersAreListed(String serial) throws Refused {
    SignCrl command =
        crl(7, FROM, TO, ONE, new Entry(new ListedSerial(serial), FROM, ONE.reason()));
    CrlRehearsal.of(Drafts.crl(command, ISSUER), command, ISSUER);
    caught(() -> CrlRehearsal.of(Drafts.crl(command, ISSUER), CRL, ISSUER), "entries is '");
  }

  @Test
  void numbersHaveUpTo20Octets() throws Refused {
    for (CrlNumber number :
        List.of(CrlNumber.of(Long.MAX_VALUE).next(), CrlNumber.GREATEST, CrlNumber.of(128))) {
      SignCrl command = crl(Suite.ECDSA_P256, new CrlDraft(number, FROM, TO, List.of()));
      CrlRehearsal.of(Drafts.crl(command, ISSUER), command, ISSUER);
    }
  }

  private static void refused(Refusal refusal, SignCrl command) {
    assertThatThrownBy(() -> Drafts.crl(command, ISSUER))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.why()).isEqualTo(refusal));
  }

  private static void caught(ThrowingCallable rehearsal, String words) {
    assertThatThrownBy(rehearsal)
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.why()).isEqualTo(Refusal.REHEARSAL_FAILED))
        .hasMessageContaining(words);
  }
}
