package io.carousel.agent;

import io.carousel.agent.certificate.Certificates;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Canary;
import io.carousel.events.Credential;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Report;
import io.carousel.events.Statements;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries the verifier of one membership with canaries: once before it is given the keys of a
 * successor, and once after. A canary that cannot be had, and a verifier that cannot be tried, keep
 * nobody from following: then nothing is known, and the house is told of nothing. One thread.
 */
final class Trying {
  private static final Logger LOG = LoggerFactory.getLogger(Trying.class);

  /** How often something that gives no verdict is tried. */
  private static final int TRIES = 3;

  private static final Set<PhaseName> ROTATING =
      Set.of(PhaseName.INIT, PhaseName.UPDATE_CLIENTS, PhaseName.UPDATE_SERVERS);

  private final Identity identity;
  private final AuthorityName authority;
  private final House house;
  private final Installation installation;
  private final Memory memory;
  private final Asking asking;

  private Trials trials = Trials.NONE;
  private int failures;

  /** Of which generation nothing will be known any more; 0: none. */
  private int givenUp;

  Trying(
      Identity identity,
      AuthorityName authority,
      House house,
      Installation installation,
      Memory memory,
      InstantSource clock) {
    this.identity = identity;
    this.authority = authority;
    this.house = house;
    this.installation = installation;
    this.memory = memory;
    this.asking = new Asking(identity, authority, house, clock);
  }

  /** Goes on with what an earlier run has found out. */
  void resume() throws IOException {
    trials = memory.trials(authority);
  }

  /** What reports say of it. */
  List<Report.Tried> evidence() {
    return trials.proven().map(Trials.Trial::tried).stream().toList();
  }

  /** For people. */
  Optional<String> standing() {
    return trials.pending().or(trials::proven).map(Trials.Trial::toString);
  }

  /** Whether the verifier is to be tried before it is given that. */
  boolean isAhead(Optional<Trust> atWork, Trust offered) {
    int coming = coming(atWork, offered);
    return coming != 0 && coming != givenUp && !trials.knows(coming);
  }

  /**
   * Shows a canary by the successor's keys to a verifier that is about to be given them.
   *
   * @throws UnfitMaterial if there was no verdict; it may be tried again
   */
  void before(Optional<Trust> atWork, Trust offered)
      throws HouseException, UnfitMaterial, IOException, InterruptedException {
    if (!isAhead(atWork, offered)) {
      return;
    }
    int coming = coming(atWork, offered);
    X509Credential canary;
    boolean accepted;
    try {
      canary = obtain(offered, coming);
      accepted = installation.accepts(canary);
    } catch (HouseException | UnfitMaterial | NoVerdict e) {
      failed(coming, e);
      return;
    }
    if (accepted) {
      LOG.warn(
          "{}, authority '{}': the verifier accepts what generation {} signs, which it was not told to trust: it goes by more than this agent's files, or verifies nothing",
          identity.name(),
          authority,
          coming);
    }
    keep(trials.waiting(new Trials.Trial(coming, tried(canary, !accepted))));
    failures = 0;
  }

  /**
   * The generation that a rotation brings, and that the verifier does not trust yet; 0 if there is
   * none, or it cannot be tried. Who trusts a root accepts every CA below it, as it should.
   */
  private int coming(Optional<Trust> atWork, Trust offered) {
    boolean rotating = ROTATING.contains(offered.bundle().phase());
    if (!rotating
        || offered.root().isPresent()
        || installation.triedBy().isEmpty()
        || atWork.isEmpty()) {
      return 0;
    }
    int newest = newest(offered);
    int known = newest(atWork.get());
    return known > 0 && newest > known ? newest : 0;
  }

  private static int newest(Trust trust) {
    return trust.anchors().stream().mapToInt(Trust.Anchor::generation).max().orElse(0);
  }

  /** Whether the verifier must be tried with what it trusts now, before that is reported. */
  boolean isDue() {
    return trials.pending().isPresent();
  }

  /** The keys that are not reported as trusted before the verifier has accepted a canary. */
  Set<Digest> withheld(TrustBundle bundle) {
    return trials.pending().stream()
        .flatMap(t ->
            bundle.trusted(Format.X509).stream()
                .filter(k -> k.generation() == t.generation())
                .map(TrustBundle.TrustedKey::key))
        .collect(Collectors.toSet());
  }

  /**
   * Shows a canary to a verifier that has been given its issuer.
   *
   * @throws UnfitMaterial if it was refused, or there was no verdict
   */
  void after(Trust atWork) throws HouseException, UnfitMaterial, IOException, InterruptedException {
    int generation = trials.pending().orElseThrow().generation();
    if (!atWork.trustsGeneration(generation)) {
      // Rolled back meanwhile: whether it would have accepted it nobody will know.
      keep(trials.dropped());
      return;
    }
    boolean accepted;
    try {
      accepted = installation.accepts(obtain(atWork, generation));
    } catch (HouseException | UnfitMaterial | NoVerdict e) {
      failed(generation, e);
      return;
    }
    if (!accepted) {
      throw new UnfitMaterial(
          "canary refused: the verifier of authority '%s' refuses what generation %d signs, though its files hold that; see that it reads them%s"
              .formatted(
                  authority,
                  generation,
                  atWork.bundle().root().isPresent()
                      ? ", and that it can end a path at an intermediate"
                      : ""));
    }
    keep(trials.accepted());
    failures = 0;
  }

  /** Some times it is tried again; then nothing will be known of that generation. */
  private void failed(int generation, Exception e)
      throws HouseException, UnfitMaterial, IOException {
    boolean again = !(e instanceof HouseException.Refused) && ++failures < TRIES;
    if (!again) {
      LOG.warn(
          "{}, authority '{}': what the verifier makes of generation {} stays unknown: {}",
          identity.name(),
          authority,
          generation,
          e.getMessage());
      givenUp = generation;
      failures = 0;
      keep(trials.dropped());
      return;
    }
    switch (e) {
      case HouseException h -> throw h;
      case UnfitMaterial u -> throw u;
      default -> throw new UnfitMaterial("the verifier could not be tried: " + e.getMessage(), e);
    }
  }

  private void keep(Trials next) throws IOException {
    memory.keep(authority, next);
    trials = next;
  }

  // --- canaries ---------------------------------------------------------------------------------

  private X509Credential obtain(Trust trust, int generation)
      throws HouseException, UnfitMaterial, InterruptedException {
    Profile profile = installation.triedBy().orElseThrow();
    KeyPair key = OwnCredential.newKey();
    Credential issued = house.request(asking.request(new Use(Format.X509, profile), key));
    try {
      X509Certificate certificate = Certificates.read(issued.content());
      Trust.Anchor issuer =
          trust
              .issuerOf(certificate)
              .filter(a -> a.generation() == generation)
              .orElseThrow(() ->
                  new CertificateException("it is not by generation %d".formatted(generation)));
      if (!certificate.getPublicKey().equals(key.getPublic())) {
        throw new CertificateException("it certifies another key");
      }
      if (!Certificates.commonName(certificate).equals(Canary.NAME)) {
        throw new CertificateException("it is no canary");
      }
      return new X509Credential(
          profile,
          issued.serial(),
          generation,
          issuer.key(),
          certificate,
          key.getPrivate(),
          trust.bundle().root().isPresent() ? List.of(issuer.certificate()) : List.of());
    } catch (CertificateException e) {
      throw new UnfitMaterial("the canary is unfit: " + e.getMessage(), e);
    }
  }

  private Report.Tried tried(X509Credential canary, boolean refused)
      throws HouseException, InterruptedException {
    Bytes der = Certificates.der(canary.certificate());
    HouseId id = house.id();
    byte[] statement = Statements.tried(id, identity.name(), authority, der, refused);
    return new Report.Tried(der, refused, canary.prove(statement));
  }
}
