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
 * @param clientGeneration by which client credentials are issued now; 0 while there is none
 * @param serverGeneration by which server credentials are issued now; 0 while there is none
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
    List<TrustedKey> trusted) {
  /** Copies. */
  public TrustBundle {
    trusted = List.copyOf(trusted);
  }

  /**
   * One key to trust.
   *
   * @param publicKey SubjectPublicKeyInfo
   * @param certificate its CA certificate, DER; for X.509 alone
   * @param key SHA-256 of its SubjectPublicKeyInfo
   * @param outgoing whether credentials by it are to be replaced now by those of another slot,
   *     since its own leaves the authority or is lost; it is trusted all the same
   */
  public record TrustedKey(
      int generation,
      SlotName slot,
      Format format,
      Bytes publicKey,
      Optional<Bytes> certificate,
      Digest key,
      boolean outgoing) {
    /** One that stays. */
    public TrustedKey(
        int generation,
        SlotName slot,
        Format format,
        Bytes publicKey,
        Optional<Bytes> certificate,
        Digest key) {
      this(generation, slot, format, publicKey, certificate, key, false);
    }
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
