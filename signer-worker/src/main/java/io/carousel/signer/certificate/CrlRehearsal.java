package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.ListedSerial;
import io.carousel.events.RevocationReason;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Completes the draft of a CRL with a placeholder signature, reads it back with the JDK's parser
 * and compares every field with the command.
 */
public final class CrlRehearsal {
  private static final String CRL_NUMBER = "2.5.29.20";
  private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
  private static final String REASON = "2.5.29.21";

  private final X509CRL read;
  private final List<String> differences = new ArrayList<>();

  private CrlRehearsal(X509CRL read) {
    this.read = read;
  }

  /**
   * Rehearses.
   *
   * @throws Refused as {@link Refusal#REHEARSAL_FAILED}, naming every field that differs
   */
  public static void of(ToBeSigned draft, SignCrl command, Issuer issuer) throws Refused {
    var rehearsal = new CrlRehearsal(readBack(draft));
    X509CRL read = rehearsal.read;
    CrlDraft wanted = command.draft();
    rehearsal.same("version", 2, read.getVersion());
    rehearsal.same("signature algorithm", command.suite().jcaSignature(), read.getSigAlgName());
    rehearsal.same("issuer", issuer.name(), Bytes.of(read.getIssuerX500Principal().getEncoded()));
    rehearsal.same("thisUpdate", wanted.thisUpdate(), read.getThisUpdate().toInstant());
    rehearsal.same(
        "nextUpdate",
        Optional.of(wanted.nextUpdate()),
        Optional.ofNullable(read.getNextUpdate()).map(Date::toInstant));
    rehearsal.same("critical extensions", Set.of(), sorted(read.getCriticalExtensionOIDs()));
    rehearsal.same(
        "other extensions",
        new TreeSet<>(Set.of(CRL_NUMBER, AUTHORITY_KEY_IDENTIFIER)),
        sorted(read.getNonCriticalExtensionOIDs()));
    rehearsal.same(
        "number",
        Optional.of(WrittenByHand.crlNumber(wanted.number())),
        rehearsal.extension(CRL_NUMBER));
    rehearsal.same(
        "authority key identifier",
        Optional.of(WrittenByHand.authorityKeyIdentifier(issuer.keyIdentifier())),
        rehearsal.extension(AUTHORITY_KEY_IDENTIFIER));
    rehearsal.same("entries", wanted.revoked(), rehearsal.entries());
    if (!rehearsal.differences.isEmpty()) {
      throw failed(String.join("; ", rehearsal.differences), null);
    }
  }

  private static X509CRL readBack(ToBeSigned draft) throws Refused {
    byte[] whole = draft.complete(Placeholder.of(draft.suite())).toArray();
    try {
      var read =
          (X509CRL)
              CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(whole));
      if (Arrays.equals(read.getTBSCertList(), draft.bytes().toArray())) {
        return read;
      }
    } catch (GeneralSecurityException e) {
      throw failed("the draft cannot be read back: %s".formatted(e.getMessage()), e);
    }
    throw failed("the draft is not what was read back", null);
  }

  private List<CrlDraft.Entry> entries() {
    var all = new ArrayList<CrlDraft.Entry>();
    Set<? extends X509CRLEntry> listed = read.getRevokedCertificates();
    for (X509CRLEntry entry : listed == null ? Set.<X509CRLEntry>of() : listed) {
      Optional<RevocationReason> reason = reason(entry);
      if (reason.isEmpty()) {
        differences.add("an entry has other extensions than its reason");
        continue;
      }
      all.add(
          new CrlDraft.Entry(
              ListedSerial.of(entry.getSerialNumber()),
              entry.getRevocationDate().toInstant(),
              reason.get()));
    }
    all.sort(Comparator.comparing(CrlDraft.Entry::serial));
    return all;
  }

  private static Optional<RevocationReason> reason(X509CRLEntry entry) {
    if (!entry.hasExtensions()) {
      return Optional.of(RevocationReason.UNSPECIFIED);
    }
    boolean alone =
        sorted(entry.getCriticalExtensionOIDs()).isEmpty()
            && Set.of(REASON).equals(entry.getNonCriticalExtensionOIDs());
    return Arrays.stream(RevocationReason.values())
        .filter(r -> r != RevocationReason.UNSPECIFIED)
        .filter(r -> alone && r.name().equals(entry.getRevocationReason().name()))
        .findFirst();
  }

  private static Set<String> sorted(Set<String> oids) {
    return oids == null ? new TreeSet<>() : new TreeSet<>(oids);
  }

  private Optional<Bytes> extension(String oid) {
    return Optional.ofNullable(read.getExtensionValue(oid)).map(Bytes::of);
  }

  private <T> void same(String field, T wanted, T found) {
    if (!wanted.equals(found)) {
      differences.add("%s is '%s' and must be '%s'".formatted(field, found, wanted));
    }
  }

  private static Refused failed(String message, Throwable cause) {
    return new Refused(
        Refusal.REHEARSAL_FAILED, "the draft does not fit its command: " + message, cause);
  }
}
