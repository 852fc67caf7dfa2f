package io.carousel.events;

import java.util.List;
import java.util.Optional;

/** What a worker is told to do with its slot. */
public sealed interface SigningCommand {

  /** Its identity; answers name it. */
  CommandId command();

  /** For whom. */
  AuthorityName authority();

  /** With the key of which generation. */
  int generation();

  /** On which slot. */
  SlotName slot();

  /** What the key signs, or shall sign. */
  Format format();

  /** Work on keys; travels on {@code carousel.keys.SLOT}, written by the owner. */
  sealed interface KeyCommand extends SigningCommand {}

  /** Signs one credential; travels on {@code carousel.leaves.SLOT}, written by any orchestrator. */
  sealed interface LeafCommand extends SigningCommand {
    /** What all of them say. */
    LeafOrder order();

    @Override
    default CommandId command() {
      return order().command();
    }

    @Override
    default AuthorityName authority() {
      return order().authority();
    }

    @Override
    default int generation() {
      return order().generation();
    }

    @Override
    default SlotName slot() {
      return order().slot();
    }
  }

  /** Makes a key, unless one labelled with this command is there already. */
  record GenerateKey(
      CommandId command,
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      Suite suite)
      implements KeyCommand {}

  /**
   * Makes a key sign its own CA certificate.
   *
   * @param publicKey SubjectPublicKeyInfo; must be the key's own
   */
  record SignCaCertificate(
      CommandId command,
      AuthorityName authority,
      int generation,
      SlotName slot,
      KeyId key,
      Bytes publicKey,
      Suite suite,
      CaDraft draft)
      implements KeyCommand {
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
      AuthorityName authority,
      int generation,
      SlotName slot,
      KeyId key,
      Bytes publicKey,
      Suite suite,
      Bytes issuer,
      CrlDraft draft)
      implements KeyCommand {
    @Override
    public Format format() {
      return Format.X509;
    }
  }

  /** Destroys a key, if both id and public key fit. */
  record DestroyKey(
      CommandId command,
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      KeyId key,
      Bytes publicKey)
      implements KeyCommand {}

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
   */
  record SignToken(
      LeafOrder order, Bytes caKey, String issuer, List<String> audiences, Bytes recipient)
      implements LeafCommand {
    /** Sorts. */
    public SignToken {
      audiences = audiences.stream().distinct().sorted().toList();
    }

    @Override
    public Format format() {
      return Format.JWT;
    }
  }
}
