package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DERUniversalString;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names are the same by RFC 5280, section 7.1, however they are written. */
@Timeout(30)
class DistinguishedNameTest {
  private static final DistinguishedName UTF8 = cn(new DERUTF8String("Workshop Root"));

  private static AttributeTypeAndValue attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {
    return new AttributeTypeAndValue(type, value);
  }

  private static DistinguishedName name(RDN... parts) {
    try {
      return DistinguishedName.of(new X500Name(parts).getEncoded(ASN1Encoding.DER));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static DistinguishedName cn(ASN1Encodable value) {
    return name(new RDN(BCStyle.CN, value));
  }

  @Test
  void everyTypeOfTextIsTheSameText() {
    for (ASN1Encodable other :
        List.of(
            new DERPrintableString("Workshop Root"),
            new DERT61String("Workshop Root"),
            new DERBMPString("Workshop Root"),
            new DERIA5String("Workshop Root"),
            new DERUniversalString(
                "Workshop Root".getBytes(java.nio.charset.Charset.forName("UTF-32BE"))))) {
      assertThat(UTF8.matches(cn(other))).as("%s", other.getClass()).isTrue();
      assertThat(cn(other).matches(UTF8)).isTrue();
      assertThat(UTF8.difference("here", cn(other), "there")).isEmpty();
    }
    assertThat(cn(new DERT61String("Größe")).matches(cn(new DERUTF8String("Größe")))).isTrue();
    assertThat(cn(new DERBMPString("Größe")).matches(cn(new DERUTF8String("GRÖSSE")))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "WORKSHOP root",
        "  Workshop   Root ",
        "Workshop\u00a0Root",
        "Workshop\u2003Root",
        "Work\u00adshop Root",
        "Workshop\tRoot",
        "\ufeffWorkshop Ro\u200bot",
        "\uff37orkshop Root"
      })
  void whatLooksTheSameIsTheSame(String other) {
    assertThat(UTF8.matches(cn(new DERUTF8String(other)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"WorkshopRoot", "Workshop Root 2", "Workshop Roöt", "", "W\u043erkshop Root"})
  void otherTextsAreOthers(String other) {
    DistinguishedName name = cn(new DERUTF8String(other));
    assertThat(UTF8.matches(name)).isFalse();
    assertThat(UTF8.difference("in the request", name, "in the certificate").orElseThrow())
        .startsWith("part 1 is CN=UTF8String 'Workshop Root' (DER 0c0d576f")
        .contains("in the request, and CN=UTF8String")
        .endsWith("in the certificate");
  }

  @ParameterizedTest
  @CsvSource({
    "Stra\u00dfe, STRASSE",
    "\u039f\u03b4\u03cc\u03c2, \u039f\u0394\u038c\u03a3",
    "e\u0301, \u00c9"
  })
  void casesAndFormsAreFolded(String one, String other) {
    assertThat(cn(new DERUTF8String(one)).matches(cn(new DERUTF8String(other)))).isTrue();
  }

  /** Sections 7.2 and, for the address, RFC 2985, section 5.2.1. */
  @Test
  void domainsAndAddressesAreWithoutCase() {
    for (ASN1ObjectIdentifier type :
        List.of(BCStyle.DC, BCStyle.EmailAddress, BCStyle.SERIALNUMBER)) {
      assertThat(
              name(new RDN(type, new DERIA5String("Example")))
                  .matches(name(new RDN(type, new DERUTF8String("EXAMPLE")))))
          .isTrue();
    }
  }

  @Test
  void partsAreInOrderAndTheirAttributesInAny() {
    var o = attribute(BCStyle.O, new DERPrintableString("Works"));
    var ou = attribute(BCStyle.OU, new DERUTF8String("works"));
    DistinguishedName one = name(new RDN(new AttributeTypeAndValue[] {o, ou}));
    var o2 = attribute(BCStyle.O, new DERUTF8String("WORKS"));
    DistinguishedName other = name(new RDN(new AttributeTypeAndValue[] {ou, o2}));
    assertThat(one.matches(other)).isTrue();
    DistinguishedName apart = name(new RDN(o), new RDN(ou));
    assertThat(one.matches(apart)).isFalse();
    assertThat(apart.matches(name(new RDN(ou), new RDN(o)))).isFalse();
    assertThat(apart.matches(name(new RDN(o)))).isFalse();
    assertThat(apart.difference("here", name(new RDN(o)), "there"))
        .contains("it has 2 parts here, and 1 there");
    DistinguishedName twice = name(new RDN(new AttributeTypeAndValue[] {o, o2}));
    assertThat(twice.matches(one)).isFalse();
  }

  @Test
  void whatIsNoTextMustBeTheSameOctets() {
    ASN1ObjectIdentifier unique = BCStyle.UNIQUE_IDENTIFIER;
    DistinguishedName one = name(new RDN(unique, new DERBitString(new byte[] {1})));
    assertThat(one.matches(name(new RDN(unique, new DERBitString(new byte[] {1}))))).isTrue();
    assertThat(one.matches(name(new RDN(unique, new DERBitString(new byte[] {2}))))).isFalse();
    DistinguishedName none = DistinguishedName.of(new byte[] {0x30, 5});
    assertThat(none.matches(none)).isTrue();
    assertThat(none.matches(UTF8)).isFalse();
    assertThat(none.difference("here", UTF8, "there")).isPresent();
    assertThat(cn(new DERUTF8String("x")).matches(cn(new DERBitString(new byte[] {'x'}))))
        .isFalse();
  }
}
