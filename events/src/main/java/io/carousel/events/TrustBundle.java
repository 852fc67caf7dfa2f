package io.carousel.events;

import java.util.List;
import java.util.Optional;

/**
 * What verifiers of an authority must trust now, and by which generation its holders present.
 *
 * @param number grows whenever {@code trusted} changes
 * @param sequence of the event that this tells about: the last that changed the phase, the trusted
 *     keys, or which of them are outgoing
 * @param phaseSequence of the event that began the phase
 * @param challenge hash of that phase's event: to be signed in reports, so that none can be made
 *     beforehand
 * @param clientGeneration by which client credentials are issued now; 0 while there is none here
 * @param serverGeneration by which server credentials are issued now; 0 while there is none here
 * @param root who signed the CA certificates in it; empty: each key its own
 * @param signatures by keys of the built-in authority over {@link #statement}; none before the
 *     first was made, and where there is no such authority
 * @param trustDomain the SPIFFE trust domain whose SVIDs its credentials are; empty: they are none
 */
public record TrustBundle(
    AuthorityName authority,
    long number,
    long sequence,
    PhaseName phase,
    long phaseSequence,
    Digest challenge,
    int clientGeneration,
    int serverGeneration,
    List<TrustedKey> trusted,
    Optional<Root> root,
    List<BundleSignature> signatures,
    Optional<TrustDomain> trustDomain) {
  /** Copies. */
  public TrustBundle {
    trusted = List.copyOf(trusted);
    signatures = List.copyOf(signatures);
  }

  /** One of keys that signed their own certificates. */
  public TrustBundle(
      AuthorityName authority,
      long number,
      long sequence,
      PhaseName phase,
      long phaseSequence,
      Digest challenge,
      int clientGeneration,
      int serverGeneration,
      List<TrustedKey> trusted) {
    this(
        authority,
        number,
        sequence,
        phase,
        phaseSequence,
        challenge,
        clientGeneration,
        serverGeneration,
        trusted,
        Optional.empty(),
        List.of());
  }

  /** One of no trust domain. */
  public TrustBundle(
      AuthorityName authority,
      long number,
      long sequence,
      PhaseName phase,
      long phaseSequence,
      Digest challenge,
      int clientGeneration,
      int serverGeneration,
      List<TrustedKey> trusted,
      Optional<Root> root,
      List<BundleSignature> signatures) {
    this(
        authority,
        number,
        sequence,
        phase,
        phaseSequence,
        challenge,
        clientGeneration,
        serverGeneration,
        trusted,
        root,
        signatures,
        Optional.empty());
  }

  /**
   * The external root.
   *
   * @param use {@code pinned}: the CA certificates are to be trusted, and the root is not; {@code
   *     root}: the root is to be trusted, and the CA certificates go with it as parts of chains
   * @param certificate DER
   * @param crl what it revokes, DER; for {@code root} alone, and empty while none is known
   */
  public record Root(RootUse use, Bytes certificate, Optional<Bytes> crl) {}

  /**
   * One key to trust.
   *
   * @param slot where it is; empty if it signs elsewhere
   * @param publicKey SubjectPublicKeyInfo
   * @param certificate its CA certificate, DER; for X.509 alone
   * @param key SHA-256 of its SubjectPublicKeyInfo
   * @param outgoing whether credentials by it are to be replaced now by those of another slot,
   *     since its own leaves the authority or is lost; it is trusted all the same
   */
  public record TrustedKey(
      int generation,
      Optional<SlotName> slot,
      Format format,
      Bytes publicKey,
      Optional<Bytes> certificate,
      Digest key,
      boolean outgoing) {
    /** One in that slot, which stays. */
    public TrustedKey(
        int generation,
        SlotName slot,
        Format format,
        Bytes publicKey,
        Optional<Bytes> certificate,
        Digest key) {
      this(generation, Optional.of(slot), format, publicKey, certificate, key, false);
    }
  }

  /** What is signed of it. */
  public TrustStatement statement() {
    return new TrustStatement(
        authority,
        number,
        trusted(Format.X509).stream().map(TrustedKey::key).toList(),
        Digest.of(Statements.trusted(this)));
  }

  /** The same with those signatures. */
  public TrustBundle signed(List<BundleSignature> by) {
    return new TrustBundle(
        authority,
        number,
        sequence,
        phase,
        phaseSequence,
        challenge,
        clientGeneration,
        serverGeneration,
        trusted,
        root,
        by,
        trustDomain);
  }

  /** The keys of that format. */
  public List<TrustedKey> trusted(Format format) {
    return trusted.stream().filter(k -> k.format() == format).toList();
  }

  /** The generation by which credentials of that profile are issued. */
  public int generationFor(Profile profile) {
    return profile == Profile.SERVER ? serverGeneration : clientGeneration;
  }
}
