package io.carousel.agent.output;

import io.carousel.agent.HouseException;
import io.carousel.agent.Published;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.certificate.Crls;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.SlotName;
import io.carousel.events.jose.UnreadableJose;
import io.carousel.events.openssh.Krl;
import io.carousel.events.openssh.UnreadableSsh;
import java.security.cert.CRLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an authority publishes for its verifiers beside the bundle, of the formats they verify. */
final class CompanionFeed {
  private final AuthorityName authority;
  private final Set<Format> verified = EnumSet.noneOf(Format.class);
  private final Published published;

  /** For those outputs. */
  CompanionFeed(AuthorityName authority, List<OutputSettings> outputs, Published published) {
    this.authority = authority;
    this.published = published;
    outputs.stream()
        .filter(OutputSettings::verifies)
        .map(OutputSettings::format)
        .forEach(verified::add);
  }

  /**
   * The newest that can be had. A checker that wants CRLs takes nothing of a CA without one: so
   * trust in a CA is not at work before its CRL is.
   *
   * @param held what is at work
   * @throws UnfitMaterial if nothing that can be had is enough for that trust
   */
  Companions fitting(Companions held, Trust trust) throws UnfitMaterial, InterruptedException {
    Companions offered;
    try {
      offered = fetch(held);
    } catch (HouseException e) {
      if (isEnough(held, trust)) {
        return held;
      }
      throw new UnfitMaterial(
          "what authority '%s' publishes for verifiers cannot be had: %s"
              .formatted(authority, e.getMessage()),
          e);
    }
    Optional<Trust.Anchor> lacking = lacking(offered, trust);
    if (lacking.isPresent()) {
      throw new UnfitMaterial(
          "authority '%s' publishes no CRL yet of the CA of generation %d on slot '%s'"
              .formatted(
                  authority,
                  lacking.get().generation(),
                  lacking.get().slot().map(SlotName::value).orElse("elsewhere")));
    }
    if (!namesTokenKeys(offered, trust)) {
      throw new UnfitMaterial(
          "authority '%s' publishes other keys of tokens than bundle %d has; it is asked again"
              .formatted(authority, trust.bundle().number()));
    }
    return offered;
  }

  /** What is enough for that trust and says something else than what is held; empty if nothing. */
  Optional<Companions> news(Companions held, Trust trust)
      throws HouseException, UnfitMaterial, InterruptedException {
    Companions offered = fetch(held);
    return lacking(offered, trust).isEmpty()
            && namesTokenKeys(offered, trust)
            && !offered.saysTheSameAs(held)
        ? Optional.of(offered)
        : Optional.empty();
  }

  private boolean isEnough(Companions held, Trust trust) {
    return lacking(held, trust).isEmpty()
        && (!verified.contains(Format.SSH) || held.krl().isPresent())
        && namesTokenKeys(held, trust);
  }

  /** The published set may be ahead of the bundle, or behind it. */
  private boolean namesTokenKeys(Companions of, Trust trust) {
    return !verified.contains(Format.JWT)
        || of.tokenKeys().filter(keys -> keys.areOf(trust)).isPresent();
  }

  private Optional<Trust.Anchor> lacking(Companions of, Trust trust) {
    return verified.contains(Format.X509) ? of.lacking(trust) : Optional.empty();
  }

  private Companions fetch(Companions held)
      throws HouseException, UnfitMaterial, InterruptedException {
    try {
      Crls crls = Crls.NONE;
      Optional<Krl> krl = Optional.empty();
      if (verified.contains(Format.X509)) {
        crls = Crls.read(published.companion(authority, Format.X509));
      }
      if (verified.contains(Format.SSH)) {
        // sshd lets nobody in while it cannot read its KRL.
        krl = Optional.of(Krl.read(Bytes.of(published.companion(authority, Format.SSH))));
      }
      Optional<TokenKeys> keys = Optional.empty();
      if (verified.contains(Format.JWT)) {
        keys = Optional.of(TokenKeys.read(published.companion(authority, Format.JWT)));
      }
      var offered = new Companions(crls, krl, keys);
      Optional<String> back = offered.goesBackFrom(held);
      if (back.isPresent()) {
        throw new UnfitMaterial(back.get());
      }
      return offered;
    } catch (CRLException | UnreadableSsh | UnreadableJose e) {
      throw new UnfitMaterial(
          "what authority '%s' publishes for verifiers cannot be read: %s"
              .formatted(authority, e.getMessage()),
          e);
    }
  }
}
