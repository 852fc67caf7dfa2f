package io.carousel.deploy.node;

import io.carousel.agent.Habits;
import io.carousel.agent.Identity;
import io.carousel.agent.Material;
import io.carousel.agent.Participant;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.X509Credential;
import io.carousel.agent.http.HttpHouse;
import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.Role;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.orchestrator.Orchestrator;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.http.CannotServe;
import io.carousel.orchestrator.http.Listener;
import io.carousel.orchestrator.rules.Bundles;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Where participants are received: the orchestrator's listener, whose certificate comes from the
 * built-in authority. The orchestrator is a participant of that authority, by the same code as
 * everybody else, and so moves with its rotations.
 */
final class Reception implements AutoCloseable {
  private static final ParticipantName NAME = new ParticipantName("orchestrator-1");

  private final Listener listener;
  private final HttpHouse house;
  private final Participant participant;
  private final CompletableFuture<Integer> serving;

  private Reception(
      Listener listener,
      HttpHouse house,
      Participant participant,
      CompletableFuture<Integer> serving) {
    this.listener = listener;
    this.house = house;
    this.participant = participant;
    this.serving = serving;
  }

  /** Begins to get a certificate; listens as soon as there is one. */
  static Reception open(
      ListenAddress address,
      NodeFolder folder,
      Orchestrator orchestrator,
      String api,
      List<SlotName> slots)
      throws IOException, NodeTrouble {
    FrontDesk desk = orchestrator.frontDesk();
    found(desk, slots);
    Identity identity =
        Identity.readOrCreate(NAME, folder.orchestrator().resolve("participant.key"));
    var membership =
        new Membership(
            AuthorityName.BUILT_IN,
            List.of(Role.PRESENTS_SERVER, Role.VERIFIES),
            List.of(Format.X509),
            address.names());
    enrol(desk, identity, membership);
    var listener =
        new Listener(
            desk,
            address.host(),
            address.port(),
            why -> orchestrator.broken().complete(new IOException(why)));
    var serving = new CompletableFuture<Integer>();
    var house = new HttpHouse(URI.create(api), folder.apiSecret());
    Participant participant =
        Participant.start(
            identity,
            List.of(membership),
            house,
            _ -> material -> show(listener, material, serving),
            Habits.usual());
    return new Reception(listener, house, participant, serving);
  }

  /** Unless it is there already. */
  private static void found(FrontDesk desk, List<SlotName> slots) throws NodeTrouble {
    if (desk.house().authority(AuthorityName.BUILT_IN).isEmpty()) {
      Enrolment.ask(
          desk,
          new OperatorAct.CreateAuthority(
              AuthorityName.BUILT_IN,
              FormatSuite.x509(Suite.ECDSA_P256),
              slots,
              Policy.DEFAULT,
              Enrolment.OPERATOR));
    }
  }

  private static void enrol(FrontDesk desk, Identity identity, Membership membership)
      throws NodeTrouble {
    boolean known =
        desk.house()
            .participant(NAME)
            .filter(p -> p.identityKey().equals(identity.publicKey()))
            .filter(
                p -> p.membership(membership.authority()).filter(membership::equals).isPresent())
            .isPresent();
    if (!known) {
      Enrolment.ask(
          desk,
          new OperatorAct.EnrolParticipant(
              NAME, identity.publicKey(), List.of(membership), Enrolment.OPERATOR));
    }
  }

  private static void show(Listener listener, Material material, CompletableFuture<Integer> serving)
      throws UnfitMaterial {
    if (material.x509().isEmpty()) {
      return;
    }
    X509Credential own = material.x509().get();
    var chain = new ArrayList<X509Certificate>(own.chain());
    Optional<X509Certificate> ca =
        material.trust().issuerOf(own.certificate()).map(Trust.Anchor::certificate);
    ca.filter(c -> !chain.contains(c)).ifPresent(chain::add);
    try {
      listener.show(chain, own.key());
    } catch (CannotServe e) {
      serving.completeExceptionally(e);
      throw new UnfitMaterial(e.getMessage(), e);
    }
    serving.complete(listener.port().orElseThrow());
  }

  /** Completes with its port once it listens; fails if it never will. */
  CompletableFuture<Integer> port() {
    return serving;
  }

  /** Why it does not listen yet, for people. */
  String trouble() {
    return "the built-in authority '%s' has given no certificate yet (%s); see 'carousel authority show %s'"
        .formatted(
            AuthorityName.BUILT_IN,
            participant.standing(AuthorityName.BUILT_IN).problem().orElse("nothing was refused"),
            AuthorityName.BUILT_IN);
  }

  /** By which participants that know nothing yet recognise it: SHA-256 of CA keys trusted now. */
  static List<Digest> pins(FrontDesk desk) {
    return desk.house().authority(AuthorityName.BUILT_IN).stream()
        .flatMap(a -> Bundles.of(a).trusted(Format.X509).stream())
        .map(k -> k.key())
        .sorted()
        .toList();
  }

  /** Stops listening; the credential stays good. */
  @Override
  public void close() {
    participant.close();
    listener.close();
    house.close();
  }
}
