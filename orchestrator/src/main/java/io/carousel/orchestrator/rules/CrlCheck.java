package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.ListedSerial;
import io.carousel.events.RevocationReason;
import io.carousel.events.SigningCommand.SignCrl;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a CRL is, field by field, the one that was asked for (RFC 5280, section 5). */
final class CrlCheck {
  private static final String CRL_NUMBER = "2.5.29.20";
  private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
  private static final String REASON = "2.5.29.21";
  private static final byte OCTET_STRING = 4;
  private static final byte INTEGER = 2;
  private static final byte SEQUENCE = 0x30;
  private static final byte FIRST = (byte) 0x80;

  private CrlCheck() {}

  /** What is wrong with it. */
  static Optional<String> flaw(Bytes crl, SignCrl asked) {
    X509CRL x;
    X509Certificate issuer;
    try {
      issuer = CaCheck.parse(asked.issuer());
      x = parse(crl);
      x.verify(Proofs.key(asked.suite(), asked.publicKey()));
    } catch (GeneralSecurityException e) {
      return Optional.of("it does not verify under its issuer's key");
    }
    return body(x, issuer, asked)
        .or(() -> extensions(x, issuer, asked.draft()))
        .or(() -> entries(x, asked.draft()));
  }

  private static X509CRL parse(Bytes der) throws GeneralSecurityException {
    byte[] bytes = der.toArray();
    var x =
        (X509CRL)
            CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(bytes));
    // As with certificates: one CRL shall have one encoding.
    int signature = bytes.length - x.getSignature().length;
    if (!Arrays.equals(x.getEncoded(), bytes) || bytes[signature - 1] != 0) {
      throw new GeneralSecurityException("it is not encoded as it should be (DER)");
    }
    return x;
  }

  private static Optional<String> body(X509CRL x, X509Certificate issuer, SignCrl asked) {
    if (!Arrays.equals(
        x.getIssuerX500Principal().getEncoded(), issuer.getSubjectX500Principal().getEncoded())) {
      return Optional.of("its issuer is another");
    }
    if (x.getVersion() != 2 || !x.getSigAlgOID().equals(CaCheck.signature(asked.suite()))) {
      return Optional.of("its version or signature algorithm is another");
    }
    return x.getThisUpdate().toInstant().equals(asked.draft().thisUpdate())
            && x.getNextUpdate() != null
            && x.getNextUpdate().toInstant().equals(asked.draft().nextUpdate())
        ? Optional.empty()
        : Optional.of("its thisUpdate or nextUpdate is another");
  }

  private static Optional<String> extensions(X509CRL x, X509Certificate issuer, CrlDraft draft) {
    if (!none(x.getCriticalExtensionOIDs())
        || !Set.of(CRL_NUMBER, AUTHORITY_KEY_IDENTIFIER).equals(x.getNonCriticalExtensionOIDs())) {
      return Optional.of("its extensions are not the two that were asked for");
    }
    if (!Arrays.equals(x.getExtensionValue(CRL_NUMBER), number(draft.number()))) {
      return Optional.of("its number is another");
    }
    return Arrays.equals(x.getExtensionValue(AUTHORITY_KEY_IDENTIFIER), identifier(issuer))
        ? Optional.empty()
        : Optional.of("its authority key identifier is not that of its issuer");
  }

  private static boolean none(Collection<?> some) {
    return some == null || some.isEmpty();
  }

  /** OCTET STRING around INTEGER. */
  private static byte[] number(CrlNumber number) {
    byte[] value = number.number().toByteArray();
    return ByteBuffer.allocate(4 + value.length)
        .put(OCTET_STRING)
        .put((byte) (2 + value.length))
        .put(INTEGER)
        .put((byte) value.length)
        .put(value)
        .array();
  }

  /** OCTET STRING around SEQUENCE { [0] key identifier }; as the issuer's certificate has it. */
  private static byte[] identifier(X509Certificate issuer) {
    byte[] subject = issuer.getExtensionValue(CaCheck.KEY_IDENTIFIER);
    byte[] key = Arrays.copyOfRange(subject, 4, subject.length);
    return ByteBuffer.allocate(6 + key.length)
        .put(OCTET_STRING)
        .put((byte) (4 + key.length))
        .put(SEQUENCE)
        .put((byte) (2 + key.length))
        .put(FIRST)
        .put((byte) key.length)
        .put(key)
        .array();
  }

  private static Optional<String> entries(X509CRL x, CrlDraft draft) {
    var found = new ArrayList<CrlDraft.Entry>();
    Set<? extends X509CRLEntry> listed = x.getRevokedCertificates();
    for (X509CRLEntry entry : listed == null ? Set.<X509CRLEntry>of() : listed) {
      Optional<RevocationReason> reason = reason(entry);
      if (reason.isEmpty()) {
        return Optional.of("one of its entries has other extensions than its reason");
      }
      found.add(
          new CrlDraft.Entry(
              ListedSerial.of(entry.getSerialNumber()),
              entry.getRevocationDate().toInstant(),
              reason.get()));
    }
    found.sort(Comparator.comparing(CrlDraft.Entry::serial));
    List<CrlDraft.Entry> wanted = draft.revoked();
    return found.equals(wanted) ? Optional.empty() : Optional.of("it lists other certificates");
  }

  /** Absent where nobody said why (RFC 5280, section 5.3.1). */
  private static Optional<RevocationReason> reason(X509CRLEntry entry) {
    if (!entry.hasExtensions()) {
      return Optional.of(RevocationReason.UNSPECIFIED);
    }
    boolean alone =
        none(entry.getCriticalExtensionOIDs())
            && Set.of(REASON).equals(entry.getNonCriticalExtensionOIDs());
    return Arrays.stream(RevocationReason.values())
        .filter(r -> r != RevocationReason.UNSPECIFIED)
        .filter(r -> alone && r.name().equals(entry.getRevocationReason().name()))
        .findFirst();
  }
}
