package io.carousel.events;

import java.util.List;

/** A worker's answer to a key command. */
public sealed interface WorkerAct extends Act {
  /** Longest code; in characters. */
  int CODE_LIMIT = 100;

  /** The command it answers. */
  CommandId answers();

  /** The slot it is bound to. */
  SlotName slot();

  /**
   * A key was generated in the HSM, or found there from an earlier attempt.
   *
   * @param publicKey SubjectPublicKeyInfo
   * @param possession signature by the new key over {@link Statements#possessionOfKey}
   * @param found whether it was found under the command's label, as an attempt that nobody heard of
   *     leaves it, and not generated now
   */
  record KeyGenerated(
      CommandId answers, SlotName slot, KeyId key, Bytes publicKey, Bytes possession, boolean found)
      implements WorkerAct {
    /** Generated now. */
    public KeyGenerated(
        CommandId answers, SlotName slot, KeyId key, Bytes publicKey, Bytes possession) {
      this(answers, slot, key, publicKey, possession, false);
    }
  }

  /**
   * A key was there already, as the command named it.
   *
   * @param publicKey SubjectPublicKeyInfo
   * @param weaker in what it is less protected than is asked of keys, in words
   * @param possession signature by the key over {@link Statements#possessionOfKey}
   */
  record KeyFound(
      CommandId answers,
      SlotName slot,
      KeyId key,
      Bytes publicKey,
      List<String> weaker,
      Bytes possession)
      implements WorkerAct {
    /** Makes texts fit for a terminal. */
    public KeyFound {
      weaker =
          weaker.stream().map(w -> Identifier.plain(w, CODE_LIMIT)).distinct().sorted().toList();
    }
  }

  /**
   * A CA certificate was signed.
   *
   * @param certificate DER
   */
  record CaCertificateSigned(CommandId answers, SlotName slot, Bytes certificate)
      implements WorkerAct {}

  /**
   * A request for a CA certificate was signed.
   *
   * @param request PKCS#10, DER
   */
  record CaRequestSigned(CommandId answers, SlotName slot, Bytes request) implements WorkerAct {}

  /**
   * A CRL was signed.
   *
   * @param crl DER
   */
  record CrlSigned(CommandId answers, SlotName slot, Bytes crl) implements WorkerAct {}

  /**
   * A trust bundle was signed.
   *
   * @param signature over {@link Statements#bundle}
   */
  record BundleSignatureMade(CommandId answers, SlotName slot, Bytes signature)
      implements WorkerAct {}

  /**
   * A key is not there any more.
   *
   * @param wasThere whether this worker destroyed it, and did not find it gone
   */
  record KeyGone(CommandId answers, SlotName slot, KeyId key, boolean wasThere)
      implements WorkerAct {}

  /** What is in the token. */
  record TokenInspected(CommandId answers, SlotName slot, SlotReport report) implements WorkerAct {}

  /**
   * Key commands came that no event of the log ordered; nothing was done.
   *
   * @param answers the last of them
   * @param asked wire name of what it asks for
   * @param detail what it asks for, of which key, and why that is no order; for people
   * @param count of such commands since the log was last told
   * @param author who signed the last of them
   */
  record UnorderedCommandSeen(
      CommandId answers, SlotName slot, String asked, String detail, int count, AuthorName author)
      implements WorkerAct {
    /** Makes both texts fit for a terminal. */
    public UnorderedCommandSeen {
      asked = Identifier.plain(asked, CODE_LIMIT);
      detail = Identifier.plain(detail, OperatorAct.TEXT_LIMIT);
      if (count < 1) {
        throw new IllegalArgumentException("nothing came");
      }
    }
  }

  /**
   * A key command was not carried out.
   *
   * @param code stable, for programs
   * @param detail for people
   * @param lasting whether trying again is thought useless
   */
  record KeyCommandRefused(
      CommandId answers, SlotName slot, String code, String detail, boolean lasting)
      implements WorkerAct {
    /** Makes both texts fit for a terminal: what a token says is nobody's to trust. */
    public KeyCommandRefused {
      code = Identifier.plain(code, CODE_LIMIT);
      detail = Identifier.plain(detail, OperatorAct.TEXT_LIMIT);
    }
  }
}
