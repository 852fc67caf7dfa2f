package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.carousel.events.Act;
import io.carousel.events.Adoption;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.RotationStarted;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.CrlNumber;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.Event;
import io.carousel.events.ForeignKey;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.Membership;
import io.carousel.events.NamePattern;
import io.carousel.events.OperatorAct;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.DeclareSlotLost;
import io.carousel.events.OperatorAct.Distrust;
import io.carousel.events.OperatorAct.EnrolAuthor;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.OperatorAct.ImportCaCertificate;
import io.carousel.events.OperatorAct.ImportRootCrl;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.JoinSlot;
import io.carousel.events.OperatorAct.LeaveSlot;
import io.carousel.events.OperatorAct.RaiseFeatureLevel;
import io.carousel.events.OperatorAct.RegisterSlot;
import io.carousel.events.OperatorAct.RemoveAuthor;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.OperatorAct.RemoveSlot;
import io.carousel.events.OperatorAct.Retrust;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.OperatorAct.ThawSlot;
import io.carousel.events.Origin;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Policy;
import io.carousel.events.RevocationReason;
import io.carousel.events.Role;
import io.carousel.events.RootUse;
import io.carousel.events.RotationId;
import io.carousel.events.Seen;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.BundleSignatureMade;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.CaRequestSigned;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyFound;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Recorded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Whatever is asked of whatever house, there is a decision; only an impossible event is none. */
class TotalityTest {
  private static final Bytes PUBLIC_KEY =
      Bytes.of(FakeSlot.keyPair(Suite.ECDSA_P256).getPublic().getEncoded());
  private static final RootCa ROOT = new RootCa("Any Root");
  private static final Bytes REQUEST =
      RootCa.request(
          FakeSlot.keyPair(Suite.ECDSA_P256), Suite.ECDSA_P256, "CN=user G1 hsm-a,O=Carousel");
  private static final Bytes CA = ForeignCa.of(Suite.ECDSA_P256).certificate(CaShape.RIGHT);
  private static final EnrolmentToken TOKEN = EnrolmentToken.create();
  private static final List<Scene> SCENES =
      List.of(
          Scene.creating().keyOfSlotA(),
          Scene.standby(),
          Scene.standby().started().keyOfSlotA(),
          Scene.standby().trusted(),
          Scene.standby().updatingClients(),
          Scene.standby().updatingServers(),
          Scene.standby().updatingServers().turned(),
          Scene.standby().joining(),
          Scene.standby().joiningTrusted(),
          Scene.standby().joined(),
          Scene.standby().leaving(),
          Scene.standby().left(),
          Scene.standby().completed(),
          ExternalScene.creating(RootUse.PINNED).scene,
          ExternalScene.standby(RootUse.ROOT).started().scene,
          ExternalScene.standby(RootUse.ROOT).completed().scene,
          tokens(),
          retrusted());

  private static Scene tokens() {
    Scene scene = Scene.standby();
    scene.story.accept(
        new OperatorAct.CreateEnrolmentToken(
            TOKEN.publicKey(),
            new NamePattern("web-*"),
            List.of(new Membership(Scene.USER, List.of(Role.VERIFIES))),
            1,
            false,
            Duration.ofMinutes(5),
            "p-1"));
    return scene;
  }

  private static Scene retrusted() {
    Scene scene = Scene.standby().completed();
    scene.story.accept(OriginActs.retrust(scene.story, "user", 1));
    return scene;
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void everyActIsDecided(@ForAll long seed) {
    var random = new Random(seed);
    Scene scene = SCENES.get(random.nextInt(SCENES.size()));
    KnownAuthor author =
        switch (random.nextInt(3)) {
          case 0 -> Story.worker(Scene.A);
          case 1 -> Story.worker(new SlotName("hsm-z"));
          default -> Story.OWNER;
        };
    for (Act act : acts(scene, random)) {
      KnownAuthor asking = random.nextInt(3) > 0 ? Story.authorOf(act) : author;
      assertThat(catchThrowable(() -> decide(scene.story, asking, act)))
          .as("%s by %s", act, asking.name())
          .isNull();
    }
  }

  /** Decides, and if it is accepted the events go on from the house. */
  private static void decide(Story story, KnownAuthor author, Act act) {
    House house = story.house();
    switch (story.weigh(author, act)) {
      case Decision.Refused r -> {
        assertThat(r.why().message()).isNotBlank();
        for (Event event : r.told()) {
          house = Rules.evolve(house, recorded(house, event));
        }
      }
      case Decision.Accepted a -> {
        assertThat(a.events()).isNotEmpty();
        assertThat(Rules.commands(house, a.events())).doesNotContainNull();
        for (Event event : a.events()) {
          house = Rules.evolve(house, recorded(house, event));
        }
        Rules.nextDue(house);
      }
    }
  }

  @Test
  void everyActIsDecidedBeforeTheFounding() {
    var story = new Story(1);
    for (Act act : acts(SCENES.getFirst(), new Random(1))) {
      assertThat(Rules.decide(House.EMPTY, act, story.circumstances(Story.authorOf(act))))
          .isNotNull();
    }
    assertThat(Rules.nextDue(House.EMPTY)).isEmpty();
  }

  @Test
  void anEventThatCannotFollowIsRefused() {
    Scene standby = SCENES.get(1);
    House house = standby.story.house();
    var at = house.clock();
    var rotation = RotationId.of(Scene.USER, 1);
    var nowhere = new AuthorityName("nowhere");
    var evidence =
        new Gate(List.of(), Optional.empty()).evidence(Evidence.NONE, List.of(), true, List.of());
    for (Event event :
        List.of(
            new ClientsUpdating(Scene.USER, rotation, evidence, "", "p-1", at),
            new RotationStarted(
                nowhere, rotation, 1, 2, FormatSuite.x509(Suite.ED25519), "", "p-1", at),
            new KeyAdopted(
                nowhere,
                1,
                Scene.A,
                Format.X509,
                command(new Random(1)),
                new KeyId("a1"),
                Bytes.of(new byte[1]),
                Story.OWNER.name(),
                at))) {
      assertThatThrownBy(() -> Rules.evolve(house, recorded(house, event)))
          .isInstanceOf(RuntimeException.class);
    }
  }

  private static List<Act> acts(Scene scene, Random random) {
    var acts = new ArrayList<Act>(operatorActs(scene, random));
    acts.addAll(workerActs(scene, random));
    acts.add(new Act.TimePassed());
    acts.add(new Act.SlotObserved(slot(random), random.nextBoolean()));
    acts.add(new Act.RefusalsSeen(slot(random), "bad-key", 1 + random.nextInt(9), ""));
    acts.add(new Act.EnrolByToken(enrolment(scene, random)));
    acts.add(new Act.CommandUndeliverable(commandOf(scene, random), slot(random), "ten attempts"));
    return acts;
  }

  private static List<Act> operatorActs(Scene scene, Random random) {
    AuthorityName name = new AuthorityName(random.nextInt(4) == 0 ? "nowhere" : "user");
    Seen seen = random.nextBoolean() ? scene.user().seen() : anySeen(random);
    var web = new ParticipantName(random.nextBoolean() ? "client" : "web-1");
    var author = new AuthorName(random.nextBoolean() ? "worker-hsm-a" : "nobody");
    Bytes key = random.nextBoolean() ? Story.identity("web-1") : junk(random);
    AuthorRole role = random.nextBoolean() ? AuthorRole.WORKER : AuthorRole.ORCHESTRATOR;
    Optional<SlotName> bound =
        role == AuthorRole.WORKER ? Optional.of(slot(random)) : Optional.empty();
    return List.of(
        new StartRotation(name, seen, formats(random), "", "p-1"),
        new Advance(name, seen, List.of(web), random.nextBoolean(), "why", "p-1"),
        new Advance(name, seen, List.of(), random.nextBoolean(), "", "p-1"),
        new Advance(name, seen, List.of(), random.nextBoolean(), "", "p-1", random.nextBoolean()),
        new OperatorAct.ChangePolicy(
            name, Policy.DEFAULT, Scene.POLICY, random.nextBoolean() ? "" : "why", "p-1"),
        new Retrust(name, seen, random.nextInt(4), random.nextBoolean() ? "" : "why", "p-1"),
        new Distrust(
            name,
            seen,
            random.nextInt(4),
            random.nextBoolean() ? List.of() : List.of(web),
            random.nextBoolean(),
            random.nextBoolean(),
            "why",
            "p-1"),
        new CreateAuthority(
            new AuthorityName("old"),
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(slot(random)),
            Scene.POLICY,
            "p-1",
            origin(random)),
        new RollBack(name, seen, "why", "p-1"),
        new CreateAuthority(
            new AuthorityName("a".repeat(1 + random.nextInt(63))),
            formats(random),
            List.of(slot(random)),
            Scene.POLICY,
            "p-1"),
        new RegisterSlot(slot(random), "", "", ""),
        new InspectSlot(slot(random), "p-1"),
        new ThawSlot(slot(random), random.nextBoolean() ? "" : "why", "p-1"),
        new OperatorAct.DeclareKeyLost(
            slot(random), new KeyId("a1"), random.nextBoolean() ? "" : "why", "p-1"),
        new OperatorAct.ImportForeignCrl(
            name,
            random.nextBoolean() ? junk(random) : damaged(ROOT.crl(1, Scene.START), random),
            "p-1"),
        new OperatorAct.FollowForeignCrl(
            name, Optional.empty(), Optional.of("http://pki.example/crl"), "p-1"),
        new JoinSlot(name, seen, slot(random), "", "p-1"),
        new LeaveSlot(name, seen, slot(random), random.nextBoolean() ? "" : "why", "p-1"),
        new DeclareSlotLost(slot(random), random.nextBoolean() ? "" : "why", "p-1"),
        new RemoveSlot(slot(random), random.nextBoolean(), "why", "p-1"),
        new EnrolAuthor(author, role, bound, key, "p-1"),
        new RemoveAuthor(author, "", "p-1"),
        new RaiseFeatureLevel(random.nextInt(), "p-1"),
        new EnrolParticipant(
            web, key, List.of(new Membership(name, List.of(Role.VERIFIES))), "p-1"),
        new RemoveParticipant(web, "", "p-1"),
        new OperatorAct.ReadmitParticipant(web, random.nextBoolean() ? "" : "why", "p-1"),
        new OperatorAct.CreateEnrolmentToken(
            random.nextBoolean() ? EnrolmentToken.create().publicKey() : junk(random),
            new NamePattern(random.nextBoolean() ? "web-*" : "client"),
            List.of(new Membership(name, List.of(Role.VERIFIES))),
            1 + random.nextInt(3),
            false,
            Duration.ofSeconds(1 + random.nextInt(1_000)),
            "p-1"),
        new OperatorAct.RevokeEnrolmentToken(
            random.nextBoolean() ? TOKEN.id() : new EnrolmentTokenId("0".repeat(16)), "", "p-1"),
        new ImportCaCertificate(
            name, random.nextBoolean() ? junk(random) : damaged(ROOT.root(), random), "p-1"),
        new ImportRootCrl(
            name,
            random.nextBoolean() ? junk(random) : damaged(ROOT.crl(1, Scene.START), random),
            "p-1"),
        new RevokeCredentials(
            name,
            List.of(new Serial("abcd")),
            Optional.of(web),
            RevocationReason.SUPERSEDED,
            random.nextBoolean() ? "" : "why",
            "p-1"));
  }

  private static EnrolmentRequest enrolment(Scene scene, Random random) {
    EnrolmentToken token = random.nextBoolean() ? TOKEN : EnrolmentToken.create();
    String name = random.nextBoolean() ? "client" : "web-1";
    EnrolmentRequest good =
        Story.asks(
            scene.story.house().id().orElseThrow(),
            token,
            name,
            random.nextBoolean() ? "client" : "web-1",
            scene.story.now().plusSeconds(random.nextInt(-400, 400)));
    return random.nextInt(3) > 0
        ? good
        : new EnrolmentRequest(
            good.participant(),
            random.nextBoolean() ? good.identityKey() : junk(random),
            good.token(),
            good.time(),
            junk(random),
            random.nextBoolean() ? good.identitySignature() : junk(random));
  }

  private static Origin origin(Random random) {
    Bytes certificate = random.nextBoolean() ? junk(random) : damaged(CA, random);
    var adopted =
        new Adoption(
            KeyPlace.of(slot(random), random.nextBoolean() ? Format.X509 : Format.SSH),
            new KeyId("a1"),
            Optional.empty(),
            random.nextBoolean(),
            CrlNumber.of(1));
    var imported =
        new ForeignKey(
            Format.X509,
            random.nextBoolean() ? PUBLIC_KEY : junk(random),
            Optional.of(certificate));
    return random.nextBoolean()
        ? new Origin(List.of(adopted), List.of())
        : new Origin(List.of(), List.of(imported));
  }

  private static List<Act> workerActs(Scene scene, Random random) {
    CommandId command = commandOf(scene, random);
    SlotName slot = slot(random);
    KeyId key =
        random.nextBoolean()
            ? scene
                .user()
                .generation(1)
                .keys()
                .get(KeyPlace.of(Scene.A, Format.X509))
                .keyId()
                .orElse(new KeyId("a1"))
            : new KeyId("a1b2");
    Bytes certificate =
        scene
            .user()
            .generation(1)
            .ready(Format.X509)
            .findFirst()
            .flatMap(k -> k.certificate())
            .orElse(junk(random));
    return List.of(
        new KeyGenerated(command, slot, key, junk(random), junk(random)),
        new KeyFound(command, slot, key, junk(random), List.of("not private"), junk(random)),
        new KeyFound(command, slot, key, PUBLIC_KEY, List.of(), junk(random)),
        new KeyGenerated(command, slot, key, damaged(PUBLIC_KEY, random), junk(random)),
        scene.story.slot(Scene.A).generates(command, suite(random)),
        new CaCertificateSigned(command, slot, junk(random)),
        new CaCertificateSigned(command, slot, damaged(certificate, random)),
        new CaRequestSigned(command, slot, junk(random)),
        new CaRequestSigned(command, slot, damaged(REQUEST, random)),
        new CrlSigned(command, slot, junk(random)),
        new BundleSignatureMade(command, slot, junk(random)),
        new CrlSigned(command, slot, damaged(certificate, random)),
        scene.story.slot(Scene.A).looks(new InspectToken(command, 1, Scene.A, List.of())),
        new KeyGone(command, slot, key, random.nextBoolean()),
        new WorkerAct.UnorderedCommandSeen(
            command, slot, "carousel.destroy-key.v1", "", 1, new AuthorName("orchestrator-1")),
        new KeyCommandRefused(command, slot, "", "", random.nextBoolean()));
  }

  private static List<FormatSuite> formats(Random random) {
    return random.nextBoolean()
        ? FormatSuite.x509(suite(random))
        : List.of(
            new FormatSuite(Format.SSH, suite(random)), new FormatSuite(Format.JWT, suite(random)));
  }

  private static Seen anySeen(Random random) {
    return new Seen(
        random.nextBoolean() ? Optional.of(RotationId.of(Scene.USER, 1)) : Optional.empty(),
        List.of(PhaseName.values()).get(random.nextInt(PhaseName.values().length)),
        random.nextInt(40));
  }

  /** One of the authority's own, or a strange one. */
  private static CommandId commandOf(Scene scene, Random random) {
    var all = new ArrayList<>(scene.story.house().outbox().keySet());
    scene
        .user()
        .generations()
        .values()
        .forEach(g -> g.keys().values().forEach(k -> all.add(k.command())));
    all.add(command(random));
    return all.get(random.nextInt(all.size()));
  }

  private static CommandId command(Random random) {
    byte[] bytes = new byte[10];
    random.nextBytes(bytes);
    return CommandId.of(java.time.Instant.EPOCH, bytes);
  }

  private static SlotName slot(Random random) {
    return List.of(Scene.A, Scene.B, Scene.C, new SlotName("hsm-z")).get(random.nextInt(4));
  }

  /** RSA keys would take too long to make. */
  private static Suite suite(Random random) {
    return List.of(Suite.ECDSA_P256, Suite.ECDSA_P384, Suite.ED25519).get(random.nextInt(3));
  }

  private static Bytes junk(Random random) {
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  private static Bytes damaged(Bytes good, Random random) {
    byte[] bytes = good.toArray();
    if (bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return Bytes.of(bytes);
  }

  private static Recorded recorded(House house, Event event) {
    return new Recorded(
        house.sequence() + 1,
        io.carousel.events.Digest.of(
            event.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        "event",
        Story.OWNER.name(),
        Optional.empty(),
        Optional.empty(),
        0,
        Rules.VERSION,
        Collections.emptySortedSet(),
        event);
  }
}
