package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.Adoption;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.CrlNumber;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.Membership;
import io.carousel.events.NamePattern;
import io.carousel.events.OperatorAct;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.ChangePolicy;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.CreateEnrolmentToken;
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
import io.carousel.events.OperatorAct.RevokeEnrolmentToken;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.OperatorAct.ThawSlot;
import io.carousel.events.Origin;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.RevocationReason;
import io.carousel.events.Role;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.BundleSignatureMade;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.CaRequestSigned;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyFound;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.WorkerAct.TokenInspected;
import io.carousel.events.WorkerAct.UnorderedCommandSeen;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.wire.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What comes of every act in every phase: the events it leads to, after a plus, or the code by
 * which it is refused. Acts are right in themselves, and the fleet has shown all that could be
 * asked.
 */
class PhaseTableTest {
  /** Every phase, some of them before and after what changes within them. */
  private enum Stage {
    CREATING(Phase.Creating.class, () -> Scene.creating().keyOfSlotA()),
    STANDBY(Phase.Standby.class, Scene::standby),
    STANDBY_AFTER_HOLD(Phase.Standby.class, Stage::afterHold),
    INIT_KEYS_MISSING(Phase.Init.class, () -> Scene.standby().started().keyOfSlotA()),
    INIT_TRUSTED(Phase.Init.class, () -> Scene.standby().trusted()),
    UPDATE_CLIENTS(Phase.UpdateClients.class, () -> Scene.standby().updatingClients()),
    UPDATE_SERVERS(Phase.UpdateServers.class, () -> Scene.standby().updatingServers()),
    ROLLBACK_KEYS_MISSING(
        Phase.Rollback.class, () -> Scene.standby().started().keyOfSlotA().turned()),
    ROLLBACK(Phase.Rollback.class, () -> Scene.standby().updatingServers().turned()),
    SLOT_JOINING_KEYS_MISSING(Phase.Joining.class, () -> Scene.standby().joining()),
    SLOT_JOINING_TRUSTED(Phase.Joining.class, () -> Scene.standby().joiningTrusted()),
    SLOT_LEAVING(Phase.Leaving.class, () -> Scene.standby().leaving());

    private final Class<? extends Phase> phase;
    private final Supplier<Scene> scene;

    Stage(Class<? extends Phase> phase, Supplier<Scene> scene) {
      this.phase = phase;
      this.scene = scene;
    }

    private static Scene afterHold() {
      Scene scene = Scene.standby().completed();
      scene.story.now(scene.story.now().plus(Duration.ofDays(7)));
      return scene;
    }

    /** The house there, with a key that was made twice and is to be destroyed. */
    Scene reached() {
      Scene s = scene.get();
      var twice = s.story.slot(Scene.A).generates(s.wish(1, Scene.A), Suite.ECDSA_P256);
      s.story.accept(twice);
      s.fleet.keepsUp();
      return s;
    }
  }

  private record Row(Function<Scene, Act> act, Map<Stage, String> outcomes) {}

  private static final Map<Class<? extends Act>, Row> TABLE = table();

  private static Map<Class<? extends Act>, Row> table() {
    var t = new LinkedHashMap<Class<? extends Act>, Row>();
    t.put(
        StartRotation.class,
        row(
            Scene::start,
            "still-creating",
            "+rotation-started key-requested key-requested",
            "+rotation-started key-requested key-requested",
            "rotation-underway",
            "rotation-underway",
            "rotation-underway",
            "rotation-underway",
            "rotation-underway",
            "rotation-underway",
            "slot-moving",
            "slot-moving",
            "slot-moving"));
    t.put(
        Advance.class,
        row(
            Scene::advance,
            "still-creating",
            "nothing-underway",
            "nothing-underway",
            "keys-missing",
            "+clients-updating key-stage-reached key-stage-reached",
            "+servers-updating",
            "+rotation-completed" + " key-stage-reached".repeat(4),
            "+rolled-back" + " key-stage-reached".repeat(2),
            "+rolled-back" + " key-stage-reached".repeat(4),
            "keys-missing",
            "+slot-joined key-stage-reached",
            "+slot-left" + " key-stage-reached".repeat(2)));
    t.put(
        RollBack.class,
        row(
            Scene::rollBack,
            "still-creating",
            "nothing-underway",
            "nothing-underway",
            "+rollback-started",
            "+rollback-started",
            "+rollback-started",
            "+rollback-started",
            "rolling-back",
            "rolling-back",
            "+slot-join-cancelled",
            "+slot-join-cancelled" + " key-stage-reached".repeat(2),
            "+slot-leave-cancelled"));
    t.put(
        KeyGenerated.class,
        row(
            PhaseTableTest::aKeyForTheLatestWishOfSlotB,
            "+key-shown key-adopted ca-certificate-requested",
            "+key-shown surplus-key-found key-destruction-requested",
            "+key-shown surplus-key-found key-destruction-requested",
            "+key-shown key-adopted ca-certificate-requested",
            "+key-shown surplus-key-found key-destruction-requested",
            "+key-shown surplus-key-found key-destruction-requested",
            "+key-shown surplus-key-found key-destruction-requested",
            "+key-shown key-adopted ca-certificate-requested",
            "+key-shown surplus-key-found key-destruction-requested",
            "+key-shown surplus-key-found key-destruction-requested",
            "+key-shown surplus-key-found key-destruction-requested",
            "+key-shown surplus-key-found key-destruction-requested"));
    t.put(
        KeyFound.class,
        everywhere(
            PhaseTableTest::aKeyThatWasThereBefore,
            "+key-shown key-adopted ca-certificate-requested"));
    t.put(
        ChangePolicy.class,
        everywhere(
            s ->
                new ChangePolicy(
                    s.user().name(), s.user().policy(), shorter(s.user().policy()), "why", "p-1"),
            "+policy-changed"));
    t.put(
        Retrust.class,
        row(
            s -> OriginActs.retrust(s.story, "user", 1),
            "cannot-retrust",
            "cannot-retrust",
            "+generation-retrusted key-stage-reached key-stage-reached",
            "cannot-retrust",
            "cannot-retrust",
            "cannot-retrust",
            "cannot-retrust",
            "cannot-retrust",
            "cannot-retrust",
            "cannot-retrust",
            "cannot-retrust",
            "cannot-retrust"));
    t.put(
        Distrust.class,
        row(
            PhaseTableTest::anEndOfTrustGivenBackWhereItCanBe,
            "not-retrusted",
            "not-retrusted",
            "+generation-distrusted" + " key-stage-reached".repeat(4),
            "not-retrusted",
            "not-retrusted",
            "not-retrusted",
            "not-retrusted",
            "not-retrusted",
            "not-retrusted",
            "not-retrusted",
            "not-retrusted",
            "not-retrusted"));
    t.put(
        CaCertificateSigned.class,
        row(
            PhaseTableTest::aCertificateForTheLatestKeyOfSlotA,
            "+ca-certificate-issued crl-requested",
            "+answer-repeated",
            "+answer-repeated",
            "+ca-certificate-issued crl-requested",
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated",
            "+ca-certificate-issued crl-requested",
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated"));
    t.put(
        CrlSigned.class,
        row(
            PhaseTableTest::aCrlOfTheLatestKeyOfSlotA,
            "+crl-issued",
            "+answer-repeated",
            "+answer-repeated",
            "+crl-issued",
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated",
            "+crl-issued",
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated"));
    // Below an external root: see ExternalPhasesTest.
    t.put(
        CaRequestSigned.class,
        everywhere(
            s -> new CaRequestSigned(s.wish(1, Scene.A), Scene.A, Bytes.of(new byte[1])),
            "+answer-repeated"));
    t.put(
        ImportCaCertificate.class,
        everywhere(
            _ -> new ImportCaCertificate(Scene.USER, Bytes.of(new byte[1]), "p-1"),
            "no-external-root"));
    t.put(
        ImportRootCrl.class,
        everywhere(
            _ -> new ImportRootCrl(Scene.USER, Bytes.of(new byte[1]), "p-1"), "no-external-root"));
    t.put(
        RevokeCredentials.class,
        row(
            s ->
                new RevokeCredentials(
                    Scene.USER,
                    List.of(),
                    Optional.of(new ParticipantName("client")),
                    RevocationReason.KEY_COMPROMISE,
                    "stolen",
                    "p-1",
                    s.fleet.breaking(new ParticipantName("client"))),
            "nothing-to-revoke",
            // One for each key that has signed a credential of that client which is not over.
            "+credentials-revoked" + " crl-requested".repeat(2),
            "+credentials-revoked" + " crl-requested".repeat(1),
            "+credentials-revoked" + " crl-requested".repeat(2),
            "+credentials-revoked" + " crl-requested".repeat(2),
            "+credentials-revoked" + " crl-requested".repeat(3),
            "+credentials-revoked" + " crl-requested".repeat(4),
            "+credentials-revoked" + " crl-requested".repeat(2),
            "+credentials-revoked" + " crl-requested".repeat(3),
            "+credentials-revoked" + " crl-requested".repeat(2),
            "+credentials-revoked" + " crl-requested".repeat(2),
            "+credentials-revoked" + " crl-requested".repeat(1)));
    t.put(
        KeyGone.class,
        everywhere(
            s -> s.story.slot(Scene.A).does(s.asked(DestroyKey.class, Scene.A)), "+key-destroyed"));
    t.put(
        KeyCommandRefused.class,
        everywhere(
            s ->
                new KeyCommandRefused(
                    s.asked(DestroyKey.class, Scene.A).command(),
                    Scene.A,
                    "token-busy",
                    "later",
                    false),
            "+key-command-failed"));
    // Without an authority of the house nobody was asked for it: AttestationTest has the others.
    t.put(
        BundleSignatureMade.class,
        everywhere(
            s ->
                new BundleSignatureMade(
                    CommandId.of(s.story.now(), new byte[10]), Scene.A, Bytes.of(new byte[64])),
            "+unordered-answer"));
    t.put(
        UnorderedCommandSeen.class,
        everywhere(
            s ->
                new UnorderedCommandSeen(
                    new CommandId("0195518e-2c7b-7a10-8123-456789abcdef"),
                    Scene.A,
                    "carousel.destroy-key.v1",
                    "destroy key a1",
                    1,
                    Story.OWNER.name()),
            "+unordered-command-refused"));
    t.put(
        Act.CommandUndeliverable.class,
        everywhere(
            s ->
                new Act.CommandUndeliverable(
                    s.asked(DestroyKey.class, Scene.A).command(), Scene.A, "ten attempts"),
            "+key-command-failed"));
    t.put(
        Act.TimePassed.class,
        row(
            _ -> new Act.TimePassed(),
            "nothing-due",
            "nothing-due",
            "+slot-inspection-requested slot-inspection-requested",
            "nothing-due",
            "nothing-due",
            "nothing-due",
            "nothing-due",
            "nothing-due",
            "nothing-due",
            "nothing-due",
            "nothing-due",
            "nothing-due"));
    t.put(
        CreateAuthority.class,
        everywhere(
            _ ->
                new CreateAuthority(
                    new AuthorityName("db"),
                    FormatSuite.x509(Suite.ED25519),
                    List.of(Scene.A),
                    Scene.POLICY,
                    "p-1"),
            "+authority-created key-requested"));
    t.put(
        RegisterSlot.class,
        everywhere(
            _ -> new RegisterSlot(new SlotName("hsm-d"), "/opt/hsm.so", "two replicas", "p-1"),
            "+slot-registered"));
    t.put(
        InspectSlot.class,
        everywhere(_ -> new InspectSlot(Scene.A, "p-1"), "+slot-inspection-requested"));
    t.put(
        ThawSlot.class, everywhere(_ -> new ThawSlot(Scene.A, "looked into", "p-1"), "not-frozen"));
    t.put(
        OperatorAct.DeclareKeyLost.class,
        everywhere(
            _ -> new OperatorAct.DeclareKeyLost(Scene.A, new KeyId("dead"), "deleted", "p-1"),
            "no-such-key-there"));
    t.put(
        OperatorAct.ImportForeignCrl.class,
        everywhere(
            _ -> new OperatorAct.ImportForeignCrl(Scene.USER, Bytes.of(new byte[1]), "p-1"),
            "no-foreign-ca"));
    t.put(
        OperatorAct.FollowForeignCrl.class,
        everywhere(
            _ ->
                new OperatorAct.FollowForeignCrl(
                    Scene.USER, Optional.empty(), Optional.of("http://pki.example/crl"), "p-1"),
            "no-foreign-ca"));
    t.put(
        OperatorAct.NoteForeignCrl.class,
        everywhere(
            _ ->
                new OperatorAct.NoteForeignCrl(
                    Scene.USER, Digest.of(new byte[1]), Optional.empty(), "p-1"),
            "no-foreign-ca"));
    t.put(
        TokenInspected.class,
        row(
            s -> {
              s.story.accept(new InspectSlot(Scene.A, "p-1"));
              return s.story.slot(Scene.A).does(s.asked(InspectToken.class, Scene.A));
            },
            "+slot-inspected",
            "+slot-inspected",
            "+slot-inspected key-destruction-requested",
            "+slot-inspected",
            "+slot-inspected",
            "+slot-inspected",
            "+slot-inspected",
            "+slot-inspected",
            "+slot-inspected",
            "+slot-inspected",
            "+slot-inspected",
            "+slot-inspected"));
    t.put(JoinSlot.class, ofMembership(s -> s.join(Scene.C), "+slot-joining key-requested"));
    t.put(LeaveSlot.class, ofMembership(s -> s.leave(Scene.B), "+slot-leaving"));
    t.put(
        DeclareSlotLost.class,
        everywhere(_ -> new DeclareSlotLost(Scene.B, "no answer", "p-1"), "+slot-lost"));
    t.put(
        RemoveSlot.class,
        row(
            _ -> new RemoveSlot(Scene.C, false, "sent back", "p-1"),
            "workers-enrolled",
            "workers-enrolled",
            "workers-enrolled",
            "workers-enrolled",
            "workers-enrolled",
            "workers-enrolled",
            "workers-enrolled",
            "workers-enrolled",
            "workers-enrolled",
            "slot-in-use",
            "slot-in-use",
            "workers-enrolled"));
    t.put(
        Act.SlotObserved.class,
        everywhere(_ -> new Act.SlotObserved(Scene.B, true), "+slot-silent"));
    t.put(
        Act.RefusalsSeen.class,
        everywhere(
            _ -> new Act.RefusalsSeen(Scene.B, "name-not-allowed", 3, "not for bank.example"),
            "+commands-refused"));
    t.put(
        EnrolAuthor.class,
        everywhere(
            _ ->
                new EnrolAuthor(
                    new AuthorName("orchestrator-2"),
                    AuthorRole.ORCHESTRATOR,
                    Optional.empty(),
                    Story.identity("orchestrator-2"),
                    "p-1"),
            "+author-enrolled"));
    t.put(
        RemoveAuthor.class,
        everywhere(
            _ -> new RemoveAuthor(Story.worker(Scene.B).name(), "it moved", "p-1"),
            "+author-removed"));
    t.put(
        RaiseFeatureLevel.class,
        everywhere(_ -> new RaiseFeatureLevel(Wire.FEATURE_LEVEL, "p-1"), "level-unsupported"));
    t.put(
        EnrolParticipant.class,
        everywhere(
            _ ->
                new EnrolParticipant(
                    new ParticipantName("web-1"),
                    Story.identity("web-1"),
                    List.of(new Membership(Scene.USER, List.of(Role.VERIFIES))),
                    "p-1"),
            "+participant-enrolled"));
    t.put(
        CreateEnrolmentToken.class,
        everywhere(_ -> aToken(EnrolmentToken.create()), "+enrolment-token-created"));
    t.put(
        RevokeEnrolmentToken.class,
        everywhere(
            s -> new RevokeEnrolmentToken(made(s).id(), "not needed", "p-1"),
            "+enrolment-token-revoked"));
    t.put(
        Act.EnrolByToken.class,
        everywhere(
            s ->
                new Act.EnrolByToken(
                    Story.asks(
                        s.story.house().id().orElseThrow(),
                        made(s),
                        "web-1",
                        "web-1",
                        s.story.now())),
            "+participant-enrolled-by-token"));
    t.put(
        OperatorAct.ReadmitParticipant.class,
        row(
            _ ->
                new OperatorAct.ReadmitParticipant(
                    new ParticipantName("client"), "a false alarm", "p-1"),
            "unknown-participant",
            "nothing-withheld",
            "nothing-withheld",
            "nothing-withheld",
            "nothing-withheld",
            "nothing-withheld",
            "nothing-withheld",
            "nothing-withheld",
            "nothing-withheld",
            "nothing-withheld",
            "nothing-withheld",
            "nothing-withheld"));
    t.put(
        RemoveParticipant.class,
        row(
            s -> s.fleet.removal("client"),
            "unknown-participant",
            "+participant-removed",
            "+participant-removed",
            "+participant-removed",
            "+participant-removed",
            "+participant-removed",
            "+participant-removed",
            "+participant-removed",
            "+participant-removed",
            "+participant-removed",
            "+participant-removed",
            "+participant-removed"));
    return t;
  }

  @TestFactory
  Stream<DynamicTest> everyActInEveryPhase() {
    return TABLE.entrySet().stream()
        .flatMap(e ->
            Stream.of(Stage.values())
                .map(stage ->
                    DynamicTest.dynamicTest(
                        e.getKey().getSimpleName() + " in " + stage,
                        () -> check(stage, e.getValue()))));
  }

  private static void check(Stage stage, Row row) {
    Scene scene = stage.reached();
    assertThat(scene.user().phase()).isInstanceOf(stage.phase);
    Act act = row.act().apply(scene);
    House before = scene.story.house();
    assertThat(outcome(scene.story.ask(act))).isEqualTo(row.outcomes().get(stage));
    if (!row.outcomes().get(stage).startsWith("+")) {
      assertThat(scene.story.house()).isEqualTo(before);
    }
  }

  @Test
  void noActIsWithoutARow() {
    assertThat(TABLE.keySet()).isEqualTo(leaves(Act.class));
    TABLE.forEach((act, row) ->
        assertThat(row.outcomes().keySet()).as(act.getSimpleName()).contains(Stage.values()));
  }

  @Test
  void noPhaseIsWithoutAColumn() {
    var met = Stream.of(Stage.values()).map(s -> (Class<?>) s.phase).collect(Collectors.toSet());
    assertThat(met).isEqualTo(Set.of(Phase.class.getPermittedSubclasses()));
  }

  private static String outcome(Decision decision) {
    return switch (decision) {
      case Decision.Refused r -> r.why().code();
      case Decision.Accepted a ->
          a.events().stream()
              .map(e -> Wire.CURRENT.typeOf(e.getClass()))
              .map(t -> t.substring("carousel.".length(), t.lastIndexOf('.')))
              .collect(Collectors.joining(" ", "+", ""));
    };
  }

  private static CreateEnrolmentToken aToken(EnrolmentToken token) {
    return new CreateEnrolmentToken(
        token.publicKey(),
        new NamePattern("web-*"),
        List.of(new Membership(Scene.USER, List.of(Role.VERIFIES))),
        1,
        false,
        Duration.ofHours(1),
        "p-1");
  }

  private static EnrolmentToken made(Scene s) {
    var token = EnrolmentToken.create();
    s.story.accept(aToken(token));
    return token;
  }

  private static Act aKeyForTheLatestWishOfSlotB(Scene s) {
    int latest = s.user().generations().lastKey();
    return s.story.slot(Scene.B).generates(s.wish(latest, Scene.B), Suite.ECDSA_P256);
  }

  /** It was seen, and an authority that wants it was created. */
  private static Act aKeyThatWasThereBefore(Scene s) {
    var id = new KeyId("77");
    s.story.slot(Scene.A).finds(id, FakeSlot.keyPair(Suite.ED25519));
    s.story.accept(new InspectSlot(Scene.A, "p-1"));
    s.story.accept(s.story.slot(Scene.A).does(s.asked(InspectToken.class, Scene.A)));
    var adoption =
        new Adoption(
            KeyPlace.of(Scene.A, Format.X509), id, Optional.empty(), false, CrlNumber.of(1));
    s.story.accept(
        new CreateAuthority(
            new AuthorityName("old"),
            FormatSuite.x509(Suite.ED25519),
            List.of(Scene.A),
            Scene.POLICY,
            "p-1",
            new Origin(List.of(adoption), List.of())));
    return s.story.slot(Scene.A).does(s.asked(AdoptKey.class, Scene.A));
  }

  private static Act anEndOfTrustGivenBackWhereItCanBe(Scene s) {
    s.story.ask(OriginActs.retrust(s.story, "user", 1));
    s.fleet.keepsUp();
    return OriginActs.distrust(s.story, "user", 1);
  }

  private static Act aCertificateForTheLatestKeyOfSlotA(Scene s) {
    int latest = s.user().generations().lastKey();
    return switch (s.key(latest, Scene.A)) {
      case Key.Ready k -> {
        Key.CaCertificate ca = k.x509().orElseThrow().ca();
        yield new CaCertificateSigned(ca.command(), Scene.A, ca.certificate());
      }
      default -> s.story.slot(Scene.A).does(s.asked(SignCaCertificate.class, Scene.A));
    };
  }

  private static Act aCrlOfTheLatestKeyOfSlotA(Scene s) {
    int latest = s.user().generations().lastKey();
    return switch (s.key(latest, Scene.A)) {
      case Key.Ready k -> {
        Key.Published p = k.x509().orElseThrow();
        yield new CrlSigned(p.command(), Scene.A, p.crl());
      }
      default -> {
        s.story.accept(s.story.slot(Scene.A).does(s.asked(SignCaCertificate.class, Scene.A)));
        yield s.story.slot(Scene.A).does(s.asked(SignCrl.class, Scene.A));
      }
    };
  }

  private static Row row(Function<Scene, Act> act, String... outcomes) {
    var byStage = new LinkedHashMap<Stage, String>();
    var stages = new ArrayList<>(List.of(Stage.values()));
    for (String outcome : outcomes) {
      byStage.put(stages.removeFirst(), outcome);
    }
    return new Row(act, byStage);
  }

  /** Only in standby. */
  private static Row ofMembership(Function<Scene, Act> act, String inStandby) {
    return row(
        act,
        "still-creating",
        inStandby,
        inStandby,
        "rotation-underway",
        "rotation-underway",
        "rotation-underway",
        "rotation-underway",
        "rotation-underway",
        "rotation-underway",
        "slot-moving",
        "slot-moving",
        "slot-moving");
  }

  private static Policy shorter(Policy p) {
    return new Policy(
        p.leafLifetime().dividedBy(2),
        p.caLifetime(),
        p.backdating(),
        p.hold(),
        p.crlLifetime(),
        p.distribution(),
        p.jwksMaxAge(),
        p.ssh(),
        p.lease(),
        p.trustEvidence(),
        p.presentsEvidence(),
        p.naming());
  }

  private static Row everywhere(Function<Scene, Act> act, String outcome) {
    return row(
        act, Stream.generate(() -> outcome).limit(Stage.values().length).toArray(String[]::new));
  }

  private static Set<Class<?>> leaves(Class<?> type) {
    if (type.isRecord()) {
      return Set.of(type);
    }
    var all = new HashSet<Class<?>>();
    Stream.of(type.getPermittedSubclasses()).forEach(t -> all.addAll(leaves(t)));
    return all;
  }
}
