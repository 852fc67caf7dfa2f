package io.carousel.agent;

import io.carousel.events.AuthorityName;
import io.carousel.events.Credential;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.TrustBundle;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Optional;

/**
 * What a participant lets in. Pure: everything it depends on is an argument. The house is not
 * believed beyond what can be checked here, and nothing that works is given up for something that
 * does not.
 */
public final class Admission {
  private Admission() {}

  /**
   * A bundle that may replace the one in place.
   *
   * @param held what is in place; empty at the beginning
   * @throws UnfitMaterial if it belongs to another authority, goes back, contradicts the one in
   *     place, or its certificates are not what it says
   */
  public static Trust admit(AuthorityName authority, Optional<Trust> held, TrustBundle offered)
      throws UnfitMaterial {
    require(
        offered.authority().equals(authority),
        "a bundle of authority '%s' was offered for '%s'"
            .formatted(offered.authority(), authority));
    Trust trust = Trust.of(offered);
    for (Profile profile : Profile.values()) {
      int generation = offered.generationFor(profile);
      require(
          generation == 0 || trust.trustsGeneration(generation),
          "the bundle asks for credentials of generation %d, which it does not trust"
              .formatted(generation));
    }
    if (held.isPresent()) {
      checkSuccession(held.get(), trust);
    }
    return trust;
  }

  private static void checkSuccession(Trust held, Trust offered) throws UnfitMaterial {
    long number = held.bundle().number();
    long offeredNumber = offered.bundle().number();
    require(
        offeredNumber >= number,
        "bundle %d was offered after bundle %d: bundles never go back"
            .formatted(offeredNumber, number));
    require(
        offered.bundle().sequence() >= held.bundle().sequence(),
        "a bundle as of event %d was offered after one as of event %d"
            .formatted(offered.bundle().sequence(), held.bundle().sequence()));
    require(
        offeredNumber > number || offered.trustsSameAs(held),
        "bundle %d was offered again with other CAs in it".formatted(number));
    require(
        held.isEmpty() || !offered.isEmpty(), "bundle %d trusts nobody".formatted(offeredNumber));
  }

  /**
   * What a participant needs to know about itself to judge a credential that it asked for.
   *
   * @param key that it asked for
   * @param held what it shows now for that use; empty if nothing
   */
  public record Wanted(
      ParticipantName owner, Use use, KeyPair key, Optional<? extends OwnCredential> held) {
    Profile profile() {
      return use.profile();
    }
  }

  /**
   * A credential that may be shown.
   *
   * @throws UnfitMaterial if it is not what was asked for, does not verify under the bundle in
   *     place, is not valid now, or is of an older generation outside a rollback
   */
  public static OwnCredential admit(Wanted wanted, Trust trust, Credential offered, Instant now)
      throws UnfitMaterial {
    try {
      check(
          offered.authority().equals(trust.bundle().authority()),
          "it belongs to another authority");
      check(
          offered.format() == wanted.use().format() && offered.profile() == wanted.profile(),
          "another format or profile was asked for");
      OwnCredential own =
          switch (wanted.use().format()) {
            case X509 -> X509Admission.read(wanted, trust, offered);
            case SSH -> SshAdmission.read(wanted, trust, offered);
            case JWT -> throw new CertificateException("the agent keeps no tokens yet");
          };
      check(own.serial().equals(offered.serial()), "its serial number is another one");
      check(own.generation() == offered.generation(), "its issuer is of another generation");
      check(!now.isAfter(own.notAfter()), "it has expired");
      check(!now.isBefore(own.notBefore()), "it is not valid yet");
      checkGeneration(wanted, trust, own.generation());
      return own;
    } catch (CertificateException e) {
      throw new UnfitMaterial(
          "credential %s of authority '%s' is unfit: %s"
              .formatted(offered.serial(), offered.authority(), e.getMessage()),
          e);
    }
  }

  /**
   * A newer generation than asked for is fine while the house is ahead of this bundle. An older one
   * is a step back, which only a rollback takes; or a participant that slept through a rollback and
   * holds what nobody trusts any more.
   */
  private static void checkGeneration(Wanted wanted, Trust trust, int generation)
      throws CertificateException {
    int due = trust.bundle().generationFor(wanted.profile());
    boolean rollback = trust.bundle().phase() == PhaseName.ROLLBACK;
    check(generation >= due, "it is of generation %d where %d is due".formatted(generation, due));
    check(
        generation == due || !rollback,
        "it is of generation %d while %d is being rolled back to".formatted(generation, due));
    boolean stepBack =
        wanted
            .held()
            .filter(held -> generation < held.generation())
            .filter(held -> trust.trustsGeneration(held.generation()))
            .isPresent();
    check(
        !stepBack || rollback,
        "it is of the older generation %d, and no rollback is under way".formatted(generation));
  }

  static void check(boolean holds, String otherwise) throws CertificateException {
    if (!holds) {
      throw new CertificateException(otherwise);
    }
  }

  private static void require(boolean holds, String otherwise) throws UnfitMaterial {
    if (!holds) {
      throw new UnfitMaterial(otherwise);
    }
  }
}
