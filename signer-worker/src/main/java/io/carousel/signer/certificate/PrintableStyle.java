package io.carousel.signer.certificate;

import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.x500.style.RFC4519Style;

/**
 * Names of requests: PrintableString where its characters suffice, else UTF8String (RFC 5280,
 * section 4.1.2.4). Many CAs write names anew and choose so; then theirs are ours to the octet, for
 * readers that compare octets.
 */
final class PrintableStyle extends RFC4519Style {
  /** X.680, section 41.4. */
  private static final Pattern PRINTABLE = Pattern.compile("[A-Za-z0-9 '()+,./:=?-]+");

  @Override
  protected ASN1Encodable encodeStringValue(ASN1ObjectIdentifier oid, String value) {
    return oid.equals(dc) || !PRINTABLE.matcher(value).matches()
        ? super.encodeStringValue(oid, value)
        : new DERPrintableString(value);
  }
}
