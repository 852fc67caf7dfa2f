package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.CaRequest;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.UnreadableDer;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * Requests to an external root (PKCS#10, RFC 2986): made from what a command fixes, and rehearsed
 * like a certificate, since a root may copy what they say.
 */
public final class CaRequests {
  private CaRequests() {}

  /**
   * A request for a CA certificate of path length 0 that signs certificates and CRLs.
   *
   * @throws Refused if the command's fields cannot make a sound one, or as {@link
   *     Refusal#REHEARSAL_FAILED}, naming every field that differs
   */
  public static ToBeSigned of(SignCaRequest command) throws Refused {
    ToBeSigned draft = draft(command);
    rehearse(draft, command);
    return draft;
  }

  static ToBeSigned draft(SignCaRequest command) throws Refused {
    PublicKeys.check(command.publicKey(), command.suite());
    var key = SubjectPublicKeyInfo.getInstance(command.publicKey().toArray());
    var extensions = new ExtensionsGenerator();
    try {
      extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      extensions.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      extensions.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new SubjectKeyIdentifier(Drafts.keyIdentifier(command.publicKey()).toArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("an extension of ours cannot be encoded", e);
    }
    var attribute =
        new Attribute(
            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERSet(extensions.generate()));
    var info =
        new CertificationRequestInfo(
            Drafts.subject(new PrintableStyle(), command.subject()), key, new DERSet(attribute));
    return new ToBeSigned(command.suite(), Der.encode(info));
  }

  /** Completes it with a placeholder signature and reads it back by other means. */
  static void rehearse(ToBeSigned draft, SignCaRequest command) throws Refused {
    List<String> differences = new ArrayList<>();
    try {
      CaRequest read = CaRequest.read(draft.complete(Placeholder.of(draft.suite())));
      same("to be signed", draft.bytes(), read.info(), differences);
      same("public key", command.publicKey(), read.publicKey(), differences);
      same(
          "subject",
          new X500Principal(command.subject()),
          new X500Principal(read.subject().toArray()),
          differences);
      Bytes wanted = WrittenByHand.caRequestAttributes(Drafts.keyIdentifier(command.publicKey()));
      same("attributes", wanted, read.attributes(), differences);
    } catch (UnreadableDer e) {
      throw new Refused(
          Refusal.REHEARSAL_FAILED, "the draft cannot be read back: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new Refused(
          Refusal.BAD_SUBJECT,
          "the subject is no distinguished name that every reader knows: " + e.getMessage(),
          e);
    }
    if (!differences.isEmpty()) {
      throw new Refused(
          Refusal.REHEARSAL_FAILED,
          "the draft does not fit its command: " + String.join("; ", differences));
    }
  }

  private static <T> void same(String field, T wanted, T found, List<String> differences) {
    if (!wanted.equals(found)) {
      differences.add("%s is '%s' and must be '%s'".formatted(field, found, wanted));
    }
  }
}
