package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.Canary;
import io.carousel.events.CrlDraft;
import io.carousel.events.HouseId;
import io.carousel.events.IpAddress;
import io.carousel.events.LeafOrder;
import io.carousel.events.ParticipantUri;
import io.carousel.events.Profile;
import io.carousel.events.RevocationReason;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.Distribution;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SubjectName;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameStyle;
import org.bouncycastle.asn1.x500.style.RFC4519Style;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/** The bytes that a command fixes. Nothing else goes in: no clock, no chance, no configuration. */
public final class Drafts {
  // A serial number of fewer bits could be guessed or met twice (CA/Browser Forum BR, 7.1).
  private static final int LEAST_SERIAL_BITS = 64;
  // 20 octets at most, of which the first bit is the sign (RFC 5280, section 4.1.2.2).
  private static final int MOST_SERIAL_BITS = 159;
  private static final int KEY_IDENTIFIER_OCTETS = 20;
  private static final Pattern URL = Pattern.compile("https?://[!-~]+");
  private static final int URL_LIMIT = 1_000;
  // What UTCTime and GeneralizedTime can say (RFC 5280, section 4.1.2.5).
  private static final Instant EARLIEST = Instant.parse("1950-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private static final int FIRST_GENERAL_YEAR = 2050;
  private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("uuMMddHHmmss'Z'");
  private static final DateTimeFormatter GENERAL = DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'");

  private Drafts() {}

  /**
   * A self-signed CA certificate: path length 0, keyCertSign and cRLSign.
   *
   * @throws Refused if the command's fields cannot make a sound one
   */
  public static ToBeSigned ca(SignCaCertificate command) throws Refused {
    PublicKeys.check(command.publicKey(), command.suite());
    var draft = command.draft();
    X500Name name = subject(draft.subject());
    var tbs = new V3TBSCertificateGenerator();
    tbs.setSignature(Der.algorithm(command.suite()));
    tbs.setSerialNumber(serial(draft.serial()));
    tbs.setIssuer(name);
    tbs.setSubject(name);
    validity(tbs, draft.notBefore(), draft.notAfter());
    var key = SubjectPublicKeyInfo.getInstance(command.publicKey().toArray());
    tbs.setSubjectPublicKeyInfo(key);
    var extensions = new ExtensionsGenerator();
    add(extensions, Extension.basicConstraints, true, new BasicConstraints(0));
    add(
        extensions,
        Extension.keyUsage,
        true,
        new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    add(extensions, Extension.subjectKeyIdentifier, false, keyIdentifier(key));
    tbs.setExtensions(extensions.generate());
    return new ToBeSigned(command.suite(), Der.encode(tbs.generateTBSCertificate()));
  }

  /**
   * A leaf certificate: the participant's name as common name, DNS name and URI (see {@link #uri};
   * a canary names nobody), the other names that the command says, its profile as extended key
   * usage, digitalSignature. One with a SPIFFE ID is an SVID, with no other URI and both usages.
   *
   * @throws Refused if the command's fields cannot make a sound one
   */
  public static ToBeSigned leaf(HouseId house, SignLeaf asked, Issuer issuer) throws Refused {
    LeafOrder command = asked.order();
    PublicKeys.check(asked.publicKey());
    if (command.notAfter().isAfter(issuer.notAfter())) {
      throw new Refused(
          Refusal.OUTLIVES_ISSUER,
          "the certificate would end at %s, after its issuer at %s"
              .formatted(command.notAfter(), issuer.notAfter()));
    }
    var tbs = new V3TBSCertificateGenerator();
    tbs.setSignature(Der.algorithm(command.suite()));
    tbs.setSerialNumber(serial(command.serial()));
    tbs.setIssuer(X500Name.getInstance(issuer.name().toArray()));
    tbs.setSubject(subject("CN=" + name(asked)));
    validity(tbs, command.notBefore(), command.notAfter());
    var key = SubjectPublicKeyInfo.getInstance(asked.publicKey().toArray());
    tbs.setSubjectPublicKeyInfo(key);
    var extensions = new ExtensionsGenerator();
    add(extensions, Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    add(extensions, Extension.extendedKeyUsage, false, purposes(asked));
    add(extensions, Extension.subjectAlternativeName, false, names(house, asked));
    add(extensions, Extension.subjectKeyIdentifier, false, keyIdentifier(key));
    add(
        extensions,
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(issuer.keyIdentifier().toArray()));
    if (asked.distribution().isPresent()) {
      distribution(extensions, asked.distribution().get());
    }
    tbs.setExtensions(extensions.generate());
    return new ToBeSigned(command.suite(), Der.encode(tbs.generateTBSCertificate()));
  }

  /**
   * The participant of one authority of one house, see {@link ParticipantUri}; of a canary {@link
   * Canary#uri}. Empty for an SVID, which has its SPIFFE ID among its names and no other URI
   * (X509-SVID, section 2).
   */
  public static Optional<String> uri(HouseId house, SignLeaf command) {
    LeafOrder order = command.order();
    if (isSvid(command)) {
      return Optional.empty();
    }
    return Optional.of(
        order.profile().isCanary()
            ? Canary.uri(house, order.authority(), order.participant())
            : ParticipantUri.of(house, order.authority(), order.participant()));
  }

  /** Whether it names a SPIFFE ID. */
  static boolean isSvid(SignLeaf command) {
    return command.names().stream().anyMatch(SubjectName::isSpiffe);
  }

  /** Common name and first dNSName: a canary must not pass for the participant that holds it. */
  static String name(SignLeaf command) {
    LeafOrder order = command.order();
    return order.profile().isCanary() ? Canary.NAME : order.participant().value();
  }

  /** The first 160 bits of SHA-256 over the key's bits (RFC 7093, section 2, method 1). */
  static Bytes keyIdentifier(Bytes publicKey) {
    var key = SubjectPublicKeyInfo.getInstance(publicKey.toArray());
    return Bytes.of(keyIdentifier(key).getKeyIdentifier());
  }

  private static SubjectKeyIdentifier keyIdentifier(SubjectPublicKeyInfo key) {
    byte[] digest = Bytes.of(key.getPublicKeyData().getOctets()).digest().bytes();
    return new SubjectKeyIdentifier(Arrays.copyOf(digest, KEY_IDENTIFIER_OCTETS));
  }

  static X500Name subject(String text) throws Refused {
    return subject(RFC4519Style.INSTANCE, text);
  }

  static X500Name subject(X500NameStyle style, String text) throws Refused {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new Refused(Refusal.BAD_SUBJECT, "the subject has control characters");
    }
    try {
      var name = new X500Name(style, text);
      if (name.getRDNs().length > 0) {
        return name;
      }
    } catch (RuntimeException e) {
      throw new Refused(Refusal.BAD_SUBJECT, "the subject is no distinguished name (RFC 4514)", e);
    }
    throw new Refused(Refusal.BAD_SUBJECT, "the subject is empty");
  }

  private static ASN1Integer serial(Serial serial) throws Refused {
    int bits = serial.number().bitLength();
    if (bits < LEAST_SERIAL_BITS || bits > MOST_SERIAL_BITS) {
      throw new Refused(
          Refusal.BAD_SERIAL,
          "a serial number must have %d to %d bits, not %d"
              .formatted(LEAST_SERIAL_BITS, MOST_SERIAL_BITS, bits));
    }
    return new ASN1Integer(serial.number());
  }

  private static void validity(V3TBSCertificateGenerator tbs, Instant from, Instant to)
      throws Refused {
    if (!from.isBefore(to)) {
      throw new Refused(Refusal.BAD_VALIDITY, "the validity ends before it begins");
    }
    tbs.setStartDate(time(from));
    tbs.setEndDate(time(to));
  }

  /**
   * UTCTime up to 2049 and GeneralizedTime after it (RFC 5280, section 4.1.2.5). Bouncy Castle's
   * own way from a moment to its text, and its check of that text, cost as much as the rest of a
   * leaf.
   */
  private static Time time(Instant moment) throws Refused {
    if (!moment.equals(moment.truncatedTo(ChronoUnit.SECONDS))) {
      throw new Refused(
          Refusal.BAD_VALIDITY,
          "certificates and CRLs know whole seconds, and the command says " + moment);
    }
    if (moment.isBefore(EARLIEST) || moment.isAfter(LATEST)) {
      throw new Refused(
          Refusal.BAD_VALIDITY,
          "certificates and CRLs know the years 1950 to 9999, and the command says " + moment);
    }
    ZonedDateTime utc = moment.atZone(ZoneOffset.UTC);
    boolean general = utc.getYear() >= FIRST_GENERAL_YEAR;
    byte[] text = (general ? GENERAL : SHORT).format(utc).getBytes(StandardCharsets.US_ASCII);
    byte[] der = new byte[2 + text.length];
    der[0] = (byte) (general ? BERTags.GENERALIZED_TIME : BERTags.UTC_TIME);
    der[1] = (byte) text.length;
    System.arraycopy(text, 0, der, 2, text.length);
    try {
      return Time.getInstance(ASN1Primitive.fromByteArray(der));
    } catch (IOException e) {
      throw new UncheckedIOException("a time of ours cannot be encoded", e);
    }
  }

  /** An SVID must be good for clients and servers (X509-SVID, section 4.4). */
  private static ExtendedKeyUsage purposes(SignLeaf command) {
    return switch (isSvid(command) ? Profile.BOTH : command.order().profile()) {
      case CLIENT, CANARY_CLIENT -> new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth);
      case SERVER, CANARY_SERVER -> new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth);
      case BOTH ->
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth});
    };
  }

  private static GeneralNames names(HouseId house, SignLeaf command) throws Refused {
    var all = new ArrayList<GeneralName>();
    all.add(new GeneralName(GeneralName.dNSName, name(command)));
    uri(house, command)
        .ifPresent(uri -> all.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    for (SubjectName name : command.names()) {
      all.add(name(name));
    }
    return new GeneralNames(all.toArray(GeneralName[]::new));
  }

  private static GeneralName name(SubjectName name) throws Refused {
    return switch (name.kind()) {
      case DNS -> new GeneralName(GeneralName.dNSName, name.text());
      case EMAIL -> new GeneralName(GeneralName.rfc822Name, name.text());
      case URI -> new GeneralName(GeneralName.uniformResourceIdentifier, name.text());
      case IP ->
          new GeneralName(GeneralName.iPAddress, new DEROctetString(IpAddress.octets(name.text())));
      case PRINCIPAL, AUDIENCE ->
          throw new Refused(Refusal.BAD_CONTENT, "a certificate has no place for " + name);
    };
  }

  /** Where its CRL and its issuer are to be had. */
  private static void distribution(ExtensionsGenerator extensions, Distribution from)
      throws Refused {
    add(
        extensions,
        Extension.cRLDistributionPoints,
        false,
        new CRLDistPoint(
            new DistributionPoint[] {
              new DistributionPoint(
                  new DistributionPointName(new GeneralNames(url(from.crl()))), null, null)
            }));
    add(
        extensions,
        Extension.authorityInfoAccess,
        false,
        new AuthorityInformationAccess(AccessDescription.id_ad_caIssuers, url(from.certificate())));
  }

  /** What an IA5String holds, and no more than a policy and a path behind it need. */
  private static GeneralName url(String text) throws Refused {
    if (text.length() > URL_LIMIT || !URL.matcher(text).matches()) {
      throw new Refused(
          Refusal.BAD_CONTENT,
          "what belongs to an issuer is to be had under a URL in ASCII of at most %d characters, as http://host/path; the command says otherwise"
              .formatted(URL_LIMIT));
    }
    return new GeneralName(GeneralName.uniformResourceIdentifier, text);
  }

  /**
   * A CRL of version 2: complete, with its number.
   *
   * @throws Refused if the command's fields cannot make a sound one
   */
  public static ToBeSigned crl(SignCrl command, Issuer issuer) throws Refused {
    CrlDraft draft = command.draft();
    if (draft.nextUpdate().isAfter(issuer.notAfter())) {
      throw new Refused(
          Refusal.OUTLIVES_ISSUER,
          "the CRL would be good until %s, and its issuer ends at %s"
              .formatted(draft.nextUpdate(), issuer.notAfter()));
    }
    var tbs = new V2TBSCertListGenerator();
    tbs.setSignature(Der.algorithm(command.suite()));
    tbs.setIssuer(X500Name.getInstance(issuer.name().toArray()));
    tbs.setThisUpdate(time(draft.thisUpdate()));
    tbs.setNextUpdate(time(draft.nextUpdate()));
    for (CrlDraft.Entry entry : draft.revoked()) {
      entry(tbs, entry);
    }
    var extensions = new ExtensionsGenerator();
    add(
        extensions,
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(issuer.keyIdentifier().toArray()));
    add(extensions, Extension.cRLNumber, false, new CRLNumber(draft.number().number()));
    tbs.setExtensions(extensions.generate());
    return new ToBeSigned(command.suite(), Der.encode(tbs.generateTBSCertList()));
  }

  private static void entry(V2TBSCertListGenerator tbs, CrlDraft.Entry entry) throws Refused {
    // As its CA chose it: a key that was adopted goes on listing what it has revoked elsewhere.
    var serial = new ASN1Integer(entry.serial().number());
    Time since = time(entry.since());
    if (entry.reason() == RevocationReason.UNSPECIFIED) {
      // Said by leaving the reason out (RFC 5280, section 5.3.1).
      tbs.addCRLEntry(serial, since, (Extensions) null);
      return;
    }
    var extensions = new ExtensionsGenerator();
    add(extensions, Extension.reasonCode, false, CRLReason.lookup(entry.reason().code()));
    tbs.addCRLEntry(serial, since, extensions.generate());
  }

  private static void add(
      ExtensionsGenerator to, ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
    try {
      to.addExtension(oid, critical, value);
    } catch (IOException e) {
      throw new UncheckedIOException("an extension of ours cannot be encoded", e);
    }
  }
}
