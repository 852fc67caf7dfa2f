package io.carousel.orchestrator.certificate;

import io.carousel.events.CredentialRequest;
import io.carousel.events.IpAddress;
import io.carousel.events.SubjectName;
import io.carousel.events.SubjectName.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * The alternative names that a request asks for, in all its requests for extensions (RFC 2985,
 * section 5.4.2, and Microsoft's of the same form). Other extensions and attributes, as a challenge
 * password, count for nothing.
 */
final class RequestedNames {
  private static final ASN1ObjectIdentifier MICROSOFT =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.14");

  private RequestedNames() {}

  /**
   * Those of all attributes; there may be none.
   *
   * @param attributes null if the request has left them out
   * @throws Unacceptable with the reason
   */
  static List<SubjectName> of(ASN1Set attributes) throws Unacceptable {
    List<GeneralName> all = new ArrayList<>();
    try {
      for (ASN1Encodable each : attributes == null ? List.<ASN1Encodable>of() : attributes) {
        Attribute attribute = Attribute.getInstance(each);
        if (attribute.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)
            || attribute.getAttrType().equals(MICROSOFT)) {
          for (ASN1Encodable value : attribute.getAttrValues()) {
            all.addAll(names(Extensions.getInstance(value)));
          }
        }
      }
    } catch (RuntimeException e) {
      throw new Unacceptable(
          "the extensions that the request asks for cannot be read: " + e.getMessage());
    }
    if (all.size() > CredentialRequest.MOST_NAMES) {
      throw new Unacceptable(
          "the request names %d names, and a credential has %d at most"
              .formatted(all.size(), CredentialRequest.MOST_NAMES));
    }
    List<SubjectName> found = new ArrayList<>();
    for (GeneralName name : all) {
      found.add(name(name));
    }
    return List.copyOf(found);
  }

  private static List<GeneralName> names(Extensions extensions) {
    GeneralNames names = GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
    return names == null ? List.of() : List.of(names.getNames());
  }

  private static SubjectName name(GeneralName name) throws Unacceptable {
    try {
      return switch (name.getTagNo()) {
        // Names of hosts are the same in any letter case (RFC 4343).
        case GeneralName.dNSName ->
            SubjectName.of(Kind.DNS, name.getName().toString().toLowerCase(Locale.ROOT));
        case GeneralName.rfc822Name -> SubjectName.of(Kind.EMAIL, mailbox(name));
        case GeneralName.uniformResourceIdentifier ->
            SubjectName.of(Kind.URI, name.getName().toString());
        case GeneralName.iPAddress ->
            SubjectName.of(
                Kind.IP, IpAddress.text(ASN1OctetString.getInstance(name.getName()).getOctets()));
        default ->
            throw new Unacceptable(
                "the request names %s, which is neither a DNS name, nor an address, a URI or a mailbox; leave it out"
                    .formatted(kind(name.getTagNo())));
      };
    } catch (IllegalArgumentException e) {
      throw new Unacceptable("the request has a name that is none: " + e.getMessage());
    }
  }

  private static String mailbox(GeneralName name) {
    String text = name.getName().toString();
    int at = text.lastIndexOf('@');
    return text.substring(0, at + 1) + text.substring(at + 1).toLowerCase(Locale.ROOT);
  }

  private static String kind(int tag) {
    return switch (tag) {
      case GeneralName.otherName -> "an otherName (as Microsoft's principal names are)";
      case GeneralName.directoryName -> "a directoryName";
      case GeneralName.registeredID -> "a registeredID";
      default -> "a name of kind " + tag;
    };
  }
}
