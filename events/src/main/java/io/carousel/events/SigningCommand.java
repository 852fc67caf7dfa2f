package io.carousel.events;

import java.util.List;
import java.util.Optional;

/** What a worker is told to do with its slot. */
public sealed interface SigningCommand {

  /** Its identity; answers name it. */
  CommandId command();

  /** On which slot. */
  SlotName slot();

  /** Work on keys; travels on {@code carousel.keys.SLOT}, written by the owner. */
  sealed interface KeyCommand extends SigningCommand {
    /** The sequence number of the event that ordered it, which names this command. */
    long event();
  }

  /** Work on one key, or on what it signs as a CA. */
  sealed interface OnKey extends KeyCommand {
    /** For whom. */
    AuthorityName authority();

    /** Of which generation. */
    int generation();

    /** What the key signs, or shall sign. */
    Format format();
  }

  /** Signs one credential; travels on {@code carousel.leaves.SLOT}, written by any orchestrator. */
  sealed interface LeafCommand extends SigningCommand {
    /** What all of them say. */
    LeafOrder order();

    /** What is signed. */
    Format format();

    @Override
    default CommandId command() {
      return order().command();
    }

    /** For whom. */
    default AuthorityName authority() {
      return order().authority();
    }

    /** By the key of which generation. */
    default int generation() {
      return order().generation();
    }

    @Override
    default SlotName slot() {
      return order().slot();
    }

    /**
     * SHA-256 of the SubjectPublicKeyInfo of the key that is to sign.
     *
     * @throws UnreadableDer if the command holds none
     */
    default Digest signer() {
      return switch (this) {
        case SignLeaf c -> SubjectPublicKey.certified(c.issuer()).digest();
        case SignSshCertificate c -> c.caKey().digest();
        case SignToken c -> c.caKey().digest();
      };
    }
  }

  /** Makes a key, unless one labelled with this command is there already. */
  record GenerateKey(
      CommandId command,
      long event,
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      Suite suite)
      implements OnKey {}

  /**
   * Shows a key that is in the token already. Nothing of it is changed.
   *
   * @param key its CKA_ID; exactly one key pair must have it
   * @param acceptWeak whether it may be less protected than is asked of keys
   */
  record AdoptKey(
      CommandId command,
      long event,
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      Suite suite,
      KeyId key,
      boolean acceptWeak)
      implements OnKey {}

  /**
   * Makes a key sign its own CA certificate.
   *
   * @param publicKey SubjectPublicKeyInfo; must be the key's own
   */
  record SignCaCertificate(
      CommandId command,
      long event,
      AuthorityName authority,
      int generation,
      SlotName slot,
      KeyId key,
      Bytes publicKey,
      Suite suite,
      CaDraft draft)
      implements OnKey {
    @Override
    public Format format() {
      return Format.X509;
    }
  }

  /**
   * Makes a key sign a request (PKCS#10, RFC 2986) for a CA certificate of path length 0.
   *
   * @param publicKey SubjectPublicKeyInfo; must be the key's own
   * @param subject distinguished name (RFC 4514)
   */
  record SignCaRequest(
      CommandId command,
      long event,
      AuthorityName authority,
      int generation,
      SlotName slot,
      KeyId key,
      Bytes publicKey,
      Suite suite,
      String subject)
      implements OnKey {
    @Override
    public Format format() {
      return Format.X509;
    }
  }

  /**
   * Makes a key sign its CRL.
   *
   * @param publicKey SubjectPublicKeyInfo; must be the key's own
   * @param issuer its CA certificate, DER
   */
  record SignCrl(
      CommandId command,
      long event,
      AuthorityName authority,
      int generation,
      SlotName slot,
      KeyId key,
      Bytes publicKey,
      Suite suite,
      Bytes issuer,
      CrlDraft draft)
      implements OnKey {
    @Override
    public Format format() {
      return Format.X509;
    }
  }

  /**
   * Makes a key of the built-in authority sign what is to be trusted from now on.
   *
   * @param publicKey SubjectPublicKeyInfo; must be the key's own
   */
  record SignBundle(
      CommandId command,
      long event,
      AuthorityName authority,
      int generation,
      SlotName slot,
      KeyId key,
      Bytes publicKey,
      Suite suite,
      TrustStatement statement)
      implements OnKey {
    @Override
    public Format format() {
      return Format.X509;
    }
  }

  /**
   * Looks at everything in the token, and has each expected key sign a message that can be nothing
   * else than a trial.
   */
  record InspectToken(CommandId command, long event, SlotName slot, List<ExpectedKey> expected)
      implements KeyCommand {
    /** Copies. */
    public InspectToken {
      expected = List.copyOf(expected);
    }
  }

  /**
   * Destroys a key, if both id and public key fit. Nothing is destroyed where another key that the
   * log expects in the slot cannot be found; which those are, the worker reads from the log.
   */
  record DestroyKey(
      CommandId command,
      long event,
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      KeyId key,
      Bytes publicKey)
      implements OnKey {}

  /**
   * Signs a certificate (RFC 5280). The command fixes every byte that is signed.
   *
   * @param issuer the CA certificate of the key, DER: gives issuer name and authority key
   *     identifier
   * @param publicKey SubjectPublicKeyInfo from the request
   * @param names subject alternative names beside those of every participant; sorted
   * @param distribution where CRL and CA certificate of the issuer are to be had
   */
  record SignLeaf(
      LeafOrder order,
      Bytes issuer,
      Bytes publicKey,
      List<SubjectName> names,
      Optional<Distribution> distribution)
      implements LeafCommand {
    /** Sorts. */
    public SignLeaf {
      names = names.stream().distinct().sorted().toList();
    }

    @Override
    public Format format() {
      return Format.X509;
    }
  }

  /**
   * Where what belongs to an issuer is to be had (RFC 5280, sections 4.2.1.13 and 4.2.2.1).
   *
   * @param crl URL of its CRL
   * @param certificate URL of its CA certificate
   */
  record Distribution(String crl, String certificate) {}

  /**
   * Signs an OpenSSH certificate: of a user for profile {@code client}, of a host for {@code
   * server}. The command fixes every byte that is signed.
   *
   * @param caKey SubjectPublicKeyInfo of the key that signs
   * @param publicKey SubjectPublicKeyInfo of the key to be certified
   * @param keyId what sshd logs
   * @param principals login names of a user, names of a host; sorted
   * @param options none for a host
   * @param nonce 32 random bytes
   */
  record SignSshCertificate(
      LeafOrder order,
      Bytes caKey,
      Bytes publicKey,
      String keyId,
      List<String> principals,
      SshOptions options,
      Bytes nonce)
      implements LeafCommand {
    /** Sorts. */
    public SignSshCertificate {
      principals = principals.stream().distinct().sorted().toList();
    }

    @Override
    public Format format() {
      return Format.SSH;
    }
  }

  /**
   * Signs a JSON Web Token and encrypts it to its requester (RFC 7516), because whoever holds it
   * may use it. The command fixes every byte that is signed.
   *
   * @param caKey SubjectPublicKeyInfo of the key that signs
   * @param issuer the claim {@code iss}
   * @param audiences the claim {@code aud}; sorted
   * @param recipient SubjectPublicKeyInfo of the requester's key for ECDH: P-256
   * @param spiffe the claim {@code sub} of a JWT-SVID; empty: {@link ParticipantUri}
   */
  record SignToken(
      LeafOrder order,
      Bytes caKey,
      String issuer,
      List<String> audiences,
      Bytes recipient,
      Optional<SpiffeId> spiffe)
      implements LeafCommand {
    /** Sorts. */
    public SignToken {
      audiences = audiences.stream().distinct().sorted().toList();
    }

    /** One that is no SVID. */
    public SignToken(
        LeafOrder order, Bytes caKey, String issuer, List<String> audiences, Bytes recipient) {
      this(order, caKey, issuer, audiences, recipient, Optional.empty());
    }

    @Override
    public Format format() {
      return Format.JWT;
    }
  }
}
