package io.carousel.signer.openssh;

import io.carousel.events.Bytes;
import io.carousel.events.LeafOrder;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SshOptions;
import io.carousel.events.openssh.SshCertificate;
import io.carousel.events.openssh.SshCertificateDraft;
import io.carousel.events.openssh.SshCertificateDraft.Kind;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.events.openssh.SshSerial;
import io.carousel.events.openssh.UnreadableSsh;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The certificate that a command fixes. Nothing else goes in: no clock, no chance. */
public final class SshDrafts {
  private SshDrafts() {}

  /**
   * The draft, rehearsed: completed with a placeholder, read back by the reader, every field
   * compared with the command.
   *
   * @param placeholder a signature in the form of X.509, good under no key
   * @throws Refused if the command's fields cannot make a sound one, or it does not come back
   */
  public static SshCertificateDraft of(SignSshCertificate command, Bytes placeholder)
      throws Refused {
    SshCertificateDraft draft = draft(command);
    SshCertificate whole;
    try {
      whole = SshCertificate.read(draft.complete(placeholder).blob());
    } catch (UnreadableSsh | IllegalArgumentException e) {
      throw new Refused(
          Refusal.REHEARSAL_FAILED,
          "the draft cannot be read back: %s".formatted(e.getMessage()),
          e);
    }
    compare(whole, draft, command);
    return draft;
  }

  private static SshCertificateDraft draft(SignSshCertificate command) throws Refused {
    LeafOrder order = command.order();
    if (order.profile() == Profile.BOTH) {
      throw new Refused(
          Refusal.PROFILE_NOT_ALLOWED, "an OpenSSH certificate is of a user or of a host");
    }
    if (order.serial().number().bitLength() > Long.SIZE) {
      throw new Refused(
          Refusal.BAD_SERIAL, "an OpenSSH certificate has room for a serial number of 64 bits");
    }
    if (order.profile() == Profile.SERVER && !command.options().equals(SshOptions.NONE)) {
      throw new Refused(Refusal.BAD_CONTENT, "an OpenSSH certificate of a host has no options");
    }
    try {
      return new SshCertificateDraft(
          order.profile() == Profile.SERVER ? Kind.HOST : Kind.USER,
          command.nonce(),
          SshPublicKey.of(command.publicKey()),
          new SshSerial(order.serial().number().longValue()),
          command.keyId(),
          command.principals(),
          order.notBefore(),
          order.notAfter(),
          command.options().criticalOptions(),
          extensions(command),
          SshPublicKey.of(command.caKey()));
    } catch (IllegalArgumentException | UnreadableSsh e) {
      throw new Refused(Refusal.BAD_CONTENT, e.getMessage(), e);
    }
  }

  private static SortedMap<String, String> extensions(SignSshCertificate command) {
    var flags = new TreeMap<String, String>();
    command.options().extensions().forEach(name -> flags.put(name, ""));
    return flags;
  }

  private static void compare(
      SshCertificate whole, SshCertificateDraft draft, SignSshCertificate command) throws Refused {
    SshCertificateDraft read = whole.content();
    LeafOrder order = command.order();
    var differences = new ArrayList<String>();
    same("signed part", draft.toBeSigned(), whole.toBeSigned(), differences);
    same(
        "type",
        order.profile() == Profile.SERVER ? "host" : "user",
        read.kind().wire(),
        differences);
    same("nonce", command.nonce(), read.nonce(), differences);
    same("key", command.publicKey(), read.key().spki(), differences);
    same("serial number", order.serial().number().longValue(), read.serial().bits(), differences);
    same("key id", command.keyId(), read.keyId(), differences);
    same("principals", command.principals(), read.principals(), differences);
    same("begin", order.notBefore(), read.validAfter(), differences);
    same("end", order.notAfter(), read.validBefore(), differences);
    same(
        "critical options",
        command.options().criticalOptions(),
        read.criticalOptions(),
        differences);
    same("extensions", extensions(command), read.extensions(), differences);
    same("CA key", command.caKey(), read.signatureKey().spki(), differences);
    same("suite", order.suite(), read.suite(), differences);
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
