package io.carousel.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.AuthorityEvent.AuthorityCreated;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.CaCertificateAdopted;
import io.carousel.events.AuthorityEvent.CaCertificateImported;
import io.carousel.events.AuthorityEvent.CaCertificateIssued;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.CaRequestIssued;
import io.carousel.events.AuthorityEvent.CaRequestWanted;
import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.AuthorityEvent.CredentialsRevoked;
import io.carousel.events.AuthorityEvent.CrlIssued;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityEvent.GenerationDistrusted;
import io.carousel.events.AuthorityEvent.GenerationRetrusted;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyAdoptionRequested;
import io.carousel.events.AuthorityEvent.KeyCommandFailed;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.AuthorityEvent.RollbackStarted;
import io.carousel.events.AuthorityEvent.RolledBack;
import io.carousel.events.AuthorityEvent.RootCrlImported;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityEvent.RotationStarted;
import io.carousel.events.AuthorityEvent.ServersUpdating;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.AuthorityEvent.TrustExtended;
import io.carousel.events.FleetEvent.ParticipantEnrolled;
import io.carousel.events.FleetEvent.ParticipantRemoved;
import io.carousel.events.GateEvidence.TopicOffset;
import io.carousel.events.HouseEvent.ActRefused;
import io.carousel.events.HouseEvent.AnswerRepeated;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.HouseEvent.AuthorRemoved;
import io.carousel.events.HouseEvent.FeatureLevelRaised;
import io.carousel.events.HouseEvent.Founded;
import io.carousel.events.HouseEvent.RecordsRejected;
import io.carousel.events.HouseEvent.SlotFrozen;
import io.carousel.events.HouseEvent.SlotInspected;
import io.carousel.events.HouseEvent.SlotInspectionFailed;
import io.carousel.events.HouseEvent.SlotInspectionRequested;
import io.carousel.events.HouseEvent.SlotRegistered;
import io.carousel.events.HouseEvent.SlotThawed;
import io.carousel.events.HouseEvent.TermStarted;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.Distrust;
import io.carousel.events.OperatorAct.EnrolAuthor;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.OperatorAct.ImportCaCertificate;
import io.carousel.events.OperatorAct.ImportRootCrl;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.RaiseFeatureLevel;
import io.carousel.events.OperatorAct.RegisterSlot;
import io.carousel.events.OperatorAct.RemoveAuthor;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.OperatorAct.Retrust;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.OperatorAct.ThawSlot;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.CaRequestSigned;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyFound;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.WorkerAct.TokenInspected;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One value of every type that travels: what the golden files hold. Not a story, only a shape. */
public final class Examples {
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00.123456789Z");
  private static final Instant LATER = Instant.parse("2026-03-02T12:00:00Z");
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final AuthorName OWNER = new AuthorName("orchestrator-1");
  private static final AuthorName WORKER = new AuthorName("worker-a");
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final AuthorityName USER = new AuthorityName("user");
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final RotationId ROTATION = RotationId.of(USER, 3);
  private static final CommandId COMMAND = new CommandId("0195518e-2c7b-7a10-8123-456789abcdef");
  private static final KeyId KEY = new KeyId("a1b2c3d4");
  private static final Serial SERIAL = new Serial("1f0e0d0c0b0a09080706050403020100");
  private static final String BY = "p-7f3a";
  private static final String REASON = "yearly rotation \"größer\"";
  private static final Bytes PUBLIC_KEY = bytes("a SubjectPublicKeyInfo");
  private static final Bytes CERTIFICATE = bytes("a certificate, DER");
  private static final Bytes SIGNATURE = bytes("a signature");
  private static final Origin ADOPTED =
      new Origin(
          List.of(
              new Adoption(
                  KeyPlace.of(SLOT, Format.X509),
                  KEY,
                  Optional.empty(),
                  true,
                  new CrlNumber("118"),
                  List.of(new CrlDraft.Entry(SERIAL, LATER, RevocationReason.SUPERSEDED)))),
          List.of());
  private static final Origin IMPORTED =
      new Origin(
          List.of(),
          List.of(
              new ForeignKey(Format.X509, PUBLIC_KEY, Optional.of(CERTIFICATE)),
              new ForeignKey(
                  Format.JWT,
                  bytes("another SubjectPublicKeyInfo"),
                  Optional.empty(),
                  Optional.of("2025-k1"),
                  Optional.of(JwkAlgorithm.PS256))));
  private static final Policy POLICY =
      new Policy(
              Duration.ofHours(8),
              Duration.ofDays(3650),
              Duration.ofSeconds(90),
              Optional.of(Duration.ofDays(7)),
              Duration.ofDays(5),
              Optional.of("http://pki.example"),
              Duration.ofMinutes(10),
              new SshOptions(
                  List.of("permit-pty"), new TreeMap<>(Map.of("source-address", "192.0.2.0/24"))))
          .named(
              new Naming(
                  Optional.of(new CaSubject("CN=Example CA,O=Example,C=DE")),
                  Optional.of(new TrustDomain("example.org"))));
  private static final List<FormatSuite> FORMATS =
      List.of(
          new FormatSuite(Format.X509, Suite.ECDSA_P256),
          new FormatSuite(Format.SSH, Suite.ED25519),
          new FormatSuite(Format.JWT, Suite.RSA_3072));
  private static final List<SubjectName> NAMES =
      List.of(new SubjectName("dns:web.example"), new SubjectName("ip:2001:db8::1"));
  private static final List<ExpectedKey> EXPECTED =
      List.of(new ExpectedKey(KEY, PUBLIC_KEY.digest(), Suite.ED25519));
  private static final SlotReport REPORT =
      new SlotReport(
          "hsm-a",
          "00ff",
          "SoftHSM v2 by SoftHSM project",
          "Implementation of PKCS11 2.6",
          "2.40",
          "2.6",
          List.of(Suite.ED25519),
          List.of("CKM_EDDSA"),
          List.of(
              new SlotReport.SeenKey(
                  KEY,
                  PUBLIC_KEY.digest(),
                  Suite.ED25519,
                  List.of("it can be copied"),
                  Optional.of(PUBLIC_KEY.digest()),
                  Optional.empty(),
                  List.of("not never extractable"))),
          2,
          Optional.of(
              new WorkerLimits(
                  List.of(Format.X509, Format.JWT),
                  List.of(Suite.ED25519),
                  Duration.ofDays(31),
                  Duration.ofDays(3660),
                  Duration.ofHours(2),
                  false)),
          Optional.of(new NameBounds(List.of("dns:*"), List.of("principal:root"), false)),
          List.of(KEY));
  private static final TrustStatement STATEMENT =
      new TrustStatement(USER, 7, List.of(PUBLIC_KEY.digest()), Digest.of(new byte[] {3}));
  private static final CrlDraft CRL =
      new CrlDraft(
          // More than a long holds: 19 octets, as GnuTLS numbers its CRLs.
          new CrlNumber("44601490397061246283071436545296723011960832"),
          LATER,
          LATER.plusSeconds(60),
          List.of(new CrlDraft.Entry(SERIAL, LATER, RevocationReason.KEY_COMPROMISE)));
  private static final LeafOrder ORDER =
      new LeafOrder(
          COMMAND,
          USER,
          3,
          SLOT,
          KEY,
          Suite.ECDSA_P256,
          WEB,
          PUBLIC_KEY.digest(),
          Profile.SERVER,
          SERIAL,
          AT,
          LATER,
          41,
          LATER);
  private static final CaDraft DRAFT =
      new CaDraft("CN=user g3 hsm-a,O=carousel", SERIAL, AT, LATER);
  private static final List<Membership> MEMBERSHIPS =
      List.of(
          new Membership(new AuthorityName("db"), List.of(Role.VERIFIES)),
          new Membership(
              USER,
              List.of(Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER, Role.VERIFIES),
              List.of(Format.X509, Format.SSH),
              NAMES));
  private static final EnrolmentTokenId TOKEN = EnrolmentTokenId.of(PUBLIC_KEY);
  private static final EnrolmentRequest ENROLMENT =
      new EnrolmentRequest(
          WEB, bytes("an identity key"), TOKEN, AT, SIGNATURE, bytes("another signature"));
  private static final List<Breakage> BREAKS =
      List.of(new Breakage(WEB, "presents x509 of generation 2, which client-1 refuses"));
  private static final GateEvidence EVIDENCE =
      new GateEvidence(
          12,
          11,
          Digest.of(new byte[] {1}),
          List.of(
              new TopicOffset("carousel.fleet", 0, 40), new TopicOffset("carousel.fleet", 1, 0)),
          List.of(new ParticipantName("old-laptop")),
          false,
          BREAKS);
  private static final Seen SEEN = new Seen(Optional.of(ROTATION), PhaseName.UPDATE_CLIENTS, 41);

  private Examples() {}

  /** Of every type with a wire name. */
  public static List<Object> records() {
    var all = new java.util.ArrayList<Object>();
    all.addAll(houseEvents());
    all.addAll(keyEvents());
    all.addAll(rotationEvents());
    all.addAll(fleetEvents());
    all.addAll(acts());
    all.addAll(workerActs());
    all.addAll(commands());
    all.addAll(answers());
    return List.copyOf(all);
  }

  /** Of every document that travels without a wire name, over HTTP. */
  public static List<Object> documents() {
    return List.of(
        new TrustBundle(
            USER,
            7,
            42,
            PhaseName.UPDATE_CLIENTS,
            41,
            Digest.of(new byte[] {2}),
            3,
            2,
            List.of(
                new TrustBundle.TrustedKey(
                    2,
                    Optional.empty(),
                    Format.X509,
                    PUBLIC_KEY,
                    Optional.of(CERTIFICATE),
                    PUBLIC_KEY.digest(),
                    false),
                new TrustBundle.TrustedKey(
                    3,
                    Optional.of(SLOT),
                    Format.SSH,
                    PUBLIC_KEY,
                    Optional.empty(),
                    PUBLIC_KEY.digest(),
                    true)),
            Optional.of(
                new TrustBundle.Root(
                    RootUse.ROOT, CERTIFICATE, Optional.of(bytes("a root's CRL, DER")))),
            List.of(new BundleSignature(PUBLIC_KEY, SIGNATURE))),
        new TrustStatements(
            HOUSE,
            List.of(
                new SignedStatement(
                    STATEMENT, List.of(new BundleSignature(PUBLIC_KEY, SIGNATURE))))),
        new CredentialRequest(
            WEB, USER, Format.X509, Profile.BOTH, bytes("a PKCS#10 request"), NAMES, AT, SIGNATURE),
        ENROLMENT,
        new Enrolled(WEB, MEMBERSHIPS),
        new Credential(
            USER, 3, Format.X509, Profile.CLIENT, SERIAL, CERTIFICATE, List.of(CERTIFICATE), 7));
  }

  private static List<Event> houseEvents() {
    return List.of(
        new Founded(HOUSE, OWNER, PUBLIC_KEY, 1, AT),
        new TermStarted(4, OWNER, 1207, AT),
        new AuthorEnrolled(WORKER, AuthorRole.WORKER, Optional.of(SLOT), PUBLIC_KEY, BY, AT),
        new AuthorRemoved(WORKER, REASON, BY, AT),
        new FeatureLevelRaised(2, BY, AT),
        new SlotRegistered(SLOT, "/usr/lib/softhsm/libsofthsm2.so", "no replicas", BY, AT),
        new SlotInspectionRequested(SLOT, COMMAND, EXPECTED, BY, AT),
        new SlotInspected(
            SLOT,
            COMMAND,
            REPORT,
            List.of(new SlotFinding(SlotFinding.Kind.UNKNOWN, KEY, "an ed25519 key")),
            WORKER,
            AT),
        new SlotInspectionFailed(SLOT, COMMAND, "token-refused", "busy", false, AT),
        new SlotFrozen(SLOT, "key a1b2c3d4 is missing", AT),
        new SlotThawed(SLOT, REASON, BY, AT),
        new HouseEvent.SlotSilent(SLOT, OWNER, AT),
        new HouseEvent.SlotHeard(SLOT, WORKER, AT),
        new HouseEvent.SlotLost(SLOT, REASON, BY, AT, BREAKS),
        new HouseEvent.SlotFound(SLOT, WORKER, AT),
        new HouseEvent.SlotRemoved(SLOT, true, REASON, BY, AT),
        new HouseEvent.CommandsRefused(
            SLOT, "name-not-allowed", 12, "it may not sign for dns:bank.example", OWNER, AT),
        new ActRefused("carousel.advance.v1", "gate-closed", "1 of 12 still to come", AT),
        new AnswerRepeated(COMMAND, SLOT, AT),
        new HouseEvent.UnorderedCommandRefused(
            SLOT,
            COMMAND,
            "carousel.destroy-key.v1",
            "destroy key a1 for x509 of authority 'user', generation 2: no event of the log ordered it",
            3,
            new AuthorName("orchestrator-1"),
            new AuthorName("signer-a"),
            AT),
        new HouseEvent.UnorderedAnswer(
            SLOT,
            COMMAND,
            "carousel.key-gone.v1",
            "destroyed key a1",
            new AuthorName("signer-a"),
            AT),
        new RecordsRejected(17, 19, 3, "author 'mallory' is not enrolled", AT),
        new HouseEvent.WorkerLimitsTooNarrow(
            SLOT, USER, WORKER, "credentials live 31 days at most, and the policy says 40", AT),
        new HouseEvent.DueWorkFailed(
            Optional.of(USER), Optional.of(SLOT), "a CRL ends before it begins", 2, AT, AT),
        new HouseEvent.DueWorkResumed(Optional.of(USER), Optional.of(SLOT), AT),
        new HouseEvent.TimeSetBack(AT.plus(Duration.ofDays(30)), new AuthorName("o-1"), AT));
  }

  private static List<Event> keyEvents() {
    return List.of(
        new AuthorityEvent.PolicyChanged(USER, Policy.DEFAULT, REASON, BY, AT),
        new AuthorityCreated(
            USER,
            FORMATS,
            List.of(SLOT, new SlotName("hsm-b")),
            POLICY,
            BY,
            AT,
            Optional.of(new ExternalRoot(CERTIFICATE, RootUse.PINNED)),
            ADOPTED),
        new KeyRequested(USER, 3, SLOT, Format.JWT, COMMAND, Suite.RSA_3072, AT),
        new KeyAdoptionRequested(
            USER, 1, SLOT, Format.X509, COMMAND, Suite.RSA_3072, KEY, true, AT),
        new KeyShown(
            USER,
            3,
            SLOT,
            Format.X509,
            COMMAND,
            KEY,
            PUBLIC_KEY,
            KeyOrigin.FOUND,
            List.of("not never extractable"),
            SIGNATURE,
            WORKER,
            AT),
        new KeyAdopted(USER, 3, SLOT, Format.X509, COMMAND, KEY, PUBLIC_KEY, WORKER, AT),
        new SurplusKeyFound(USER, 3, SLOT, Format.SSH, COMMAND, KEY, PUBLIC_KEY, WORKER, AT),
        new KeyCommandFailed(
            USER, 3, SLOT, Format.X509, COMMAND, "token-full", "no room", true, AT),
        new CaCertificateRequested(USER, 3, SLOT, COMMAND, DRAFT, AT),
        new CaCertificateIssued(USER, 3, SLOT, COMMAND, CERTIFICATE, AT),
        new CaRequestWanted(USER, 3, SLOT, COMMAND, DRAFT.subject(), AT),
        new CaRequestIssued(USER, 3, SLOT, COMMAND, bytes("a PKCS#10 request"), AT),
        new CaCertificateImported(USER, 3, SLOT, COMMAND, CERTIFICATE, SERIAL, LATER, BY, AT),
        new RootCrlImported(
            USER,
            9,
            Optional.of(new CrlNumber("17")),
            AT,
            LATER,
            bytes("a root's CRL, DER"),
            BY,
            AT),
        new AuthorityEvent.ForeignCrlImported(
            USER,
            1,
            PUBLIC_KEY.digest(),
            Optional.of(new CrlNumber("17")),
            AT,
            LATER,
            bytes("a CRL from elsewhere, DER"),
            BY,
            AT),
        new AuthorityEvent.ForeignCrlFollowed(
            USER, 1, PUBLIC_KEY.digest(), Optional.of("http://pki.example/old.crl"), BY, AT),
        new AuthorityEvent.ForeignCrlFetchChanged(
            USER, 1, PUBLIC_KEY.digest(), Optional.of("no connection"), AT),
        new AuthorityEvent.KeyDeclaredLost(USER, 1, SLOT, Format.X509, KEY, REASON, BY, AT),
        new CaCertificateAdopted(USER, 1, SLOT, COMMAND, CERTIFICATE, AT),
        new CrlRequested(USER, 3, SLOT, COMMAND, CRL, AT),
        new CrlIssued(USER, 3, SLOT, COMMAND, new CrlNumber("4"), LATER, bytes("a CRL, DER"), AT),
        new AuthorityEvent.BundleSignatureRequested(STATEMENT, 3, SLOT, COMMAND, AT),
        new AuthorityEvent.BundleSigned(STATEMENT, 3, SLOT, COMMAND, PUBLIC_KEY, SIGNATURE, AT),
        new CredentialsRevoked(
            USER,
            List.of(
                new RevokedCredential(
                    Format.SSH,
                    3,
                    SLOT,
                    PUBLIC_KEY.digest(),
                    SERIAL,
                    WEB,
                    PUBLIC_KEY.digest(),
                    LATER)),
            RevocationReason.SUPERSEDED,
            REASON,
            BY,
            AT,
            BREAKS),
        new KeyStageReached(USER, 2, SLOT, Format.X509, KEY, KeyStage.HELD, Optional.of(LATER), AT),
        new KeyDestructionRequested(
            USER, 2, SLOT, Format.X509, COMMAND, KEY, PUBLIC_KEY, "held", AT),
        new KeyDestroyed(USER, 2, SLOT, Format.X509, COMMAND, KEY, Optional.empty(), AT));
  }

  private static List<Event> rotationEvents() {
    return List.of(
        new AuthorityOpened(USER, 1, 1, AT),
        new RotationStarted(USER, ROTATION, 2, 3, FORMATS, REASON, BY, AT),
        new TrustExtended(USER, ROTATION, 7, AT),
        new ClientsUpdating(USER, ROTATION, EVIDENCE, REASON, BY, AT),
        new ServersUpdating(USER, ROTATION, EVIDENCE, REASON, BY, AT),
        new RotationCompleted(USER, ROTATION, 8, EVIDENCE, REASON, BY, AT, true),
        new RollbackStarted(USER, ROTATION, PhaseName.UPDATE_SERVERS, REASON, BY, AT, BREAKS),
        new RolledBack(USER, ROTATION, 8, EVIDENCE, REASON, BY, AT),
        new GenerationRetrusted(USER, 2, 9, REASON, BY, AT),
        new GenerationDistrusted(USER, 2, 10, EVIDENCE, false, REASON, BY, AT),
        new AuthorityEvent.SlotJoining(USER, SLOT, 3, REASON, BY, AT),
        new AuthorityEvent.SlotTrusted(USER, SLOT, 8, AT),
        new AuthorityEvent.SlotJoined(USER, SLOT, EVIDENCE, REASON, BY, AT),
        new AuthorityEvent.SlotJoinCancelled(USER, SLOT, 9, REASON, BY, AT),
        new AuthorityEvent.SlotLeaving(USER, SLOT, REASON, BY, AT, BREAKS),
        new AuthorityEvent.SlotLeft(USER, SLOT, 9, EVIDENCE, REASON, BY, AT),
        new AuthorityEvent.SlotLeaveCancelled(USER, SLOT, REASON, BY, AT));
  }

  private static List<Event> fleetEvents() {
    return List.of(
        new ParticipantEnrolled(WEB, PUBLIC_KEY, MEMBERSHIPS, BY, AT, BREAKS),
        new ParticipantRemoved(
            WEB, REASON, BY, AT, BREAKS, List.of(EnrolmentTokenId.of(PUBLIC_KEY))),
        new FleetEvent.ParticipantReadmitted(WEB, PUBLIC_KEY.digest(), REASON, BY, AT),
        new FleetEvent.ParticipantEnrolledByToken(
            ENROLMENT,
            PUBLIC_KEY,
            MEMBERSHIPS,
            Optional.of(bytes("a lost SubjectPublicKeyInfo").digest()),
            AT),
        new EnrolmentEvent.EnrolmentTokenCreated(
            TOKEN, PUBLIC_KEY, new NamePattern("web-*"), MEMBERSHIPS, 20, false, LATER, BY, AT),
        new EnrolmentEvent.EnrolmentTokenRevoked(TOKEN, REASON, BY, AT),
        new EnrolmentEvent.EnrolmentTokenMisused(
            TOKEN, WEB, PUBLIC_KEY.digest(), TokenMisuse.USED_UP, AT));
  }

  private static List<Act> acts() {
    return List.of(
        new RegisterSlot(SLOT, "/usr/lib/softhsm/libsofthsm2.so", "no replicas", BY),
        new EnrolAuthor(OWNER, AuthorRole.ORCHESTRATOR, Optional.empty(), PUBLIC_KEY, BY),
        new RemoveAuthor(WORKER, REASON, BY),
        new InspectSlot(SLOT, BY),
        new ThawSlot(SLOT, REASON, BY),
        new OperatorAct.JoinSlot(
            USER, new Seen(Optional.empty(), PhaseName.STANDBY, 12), SLOT, REASON, BY),
        new OperatorAct.LeaveSlot(
            USER,
            new Seen(Optional.empty(), PhaseName.STANDBY, 12),
            SLOT,
            REASON,
            BY,
            List.of(WEB)),
        new OperatorAct.DeclareSlotLost(SLOT, REASON, BY, List.of(WEB)),
        new OperatorAct.RemoveSlot(SLOT, true, REASON, BY),
        new RaiseFeatureLevel(2, BY),
        new CreateAuthority(USER, FORMATS, List.of(SLOT), POLICY, BY, Optional.empty(), IMPORTED),
        new ImportCaCertificate(USER, CERTIFICATE, BY),
        new ImportRootCrl(USER, bytes("a root's CRL, DER"), BY),
        new OperatorAct.ImportForeignCrl(USER, bytes("a CRL from elsewhere, DER"), BY),
        new OperatorAct.FollowForeignCrl(
            USER, Optional.empty(), Optional.of("https://pki.example/old.crl"), BY),
        new OperatorAct.NoteForeignCrl(USER, PUBLIC_KEY.digest(), Optional.of("no connection"), BY),
        new OperatorAct.DeclareKeyLost(SLOT, KEY, REASON, BY),
        new StartRotation(
            USER,
            new Seen(Optional.empty(), PhaseName.STANDBY, 12),
            List.of(new FormatSuite(Format.X509, Suite.RSA_4096)),
            REASON,
            BY),
        new Advance(
            USER,
            SEEN,
            List.of(new ParticipantName("old-laptop")),
            false,
            REASON,
            BY,
            true,
            List.of(WEB)),
        new OperatorAct.ChangePolicy(USER, Policy.DEFAULT, Policy.DEFAULT, REASON, BY),
        new Retrust(USER, SEEN, 2, REASON, BY),
        new Distrust(
            USER,
            SEEN,
            2,
            List.of(new ParticipantName("old-laptop")),
            false,
            true,
            REASON,
            BY,
            List.of(WEB)),
        new RollBack(USER, SEEN, REASON, BY, List.of(WEB)),
        new EnrolParticipant(WEB, PUBLIC_KEY, MEMBERSHIPS, BY, List.of(WEB)),
        new RemoveParticipant(WEB, REASON, BY, List.of(WEB)),
        new OperatorAct.ReadmitParticipant(WEB, REASON, BY),
        new OperatorAct.CreateEnrolmentToken(
            PUBLIC_KEY, new NamePattern("web-1"), MEMBERSHIPS, 1, true, Duration.ofHours(1), BY),
        new OperatorAct.RevokeEnrolmentToken(TOKEN, REASON, BY),
        new Act.EnrolByToken(ENROLMENT),
        new RevokeCredentials(
            USER,
            List.of(SERIAL),
            Optional.of(WEB),
            RevocationReason.KEY_COMPROMISE,
            REASON,
            BY,
            List.of(WEB)),
        new Act.TimePassed(),
        new Act.CommandUndeliverable(COMMAND, SLOT, "delivered 5 times"),
        new Act.SlotObserved(SLOT, true),
        new Act.RefusalsSeen(SLOT, "name-not-allowed", 12, "it may not sign for dns:bank.example"));
  }

  private static List<Act> workerActs() {
    return List.of(
        new KeyGenerated(COMMAND, SLOT, KEY, PUBLIC_KEY, SIGNATURE),
        new KeyFound(COMMAND, SLOT, KEY, PUBLIC_KEY, List.of("not never extractable"), SIGNATURE),
        new CaCertificateSigned(COMMAND, SLOT, CERTIFICATE),
        new CaRequestSigned(COMMAND, SLOT, bytes("a PKCS#10 request")),
        new CrlSigned(COMMAND, SLOT, bytes("a CRL, DER")),
        new WorkerAct.BundleSignatureMade(COMMAND, SLOT, SIGNATURE),
        new KeyGone(COMMAND, SLOT, KEY, true),
        new TokenInspected(COMMAND, SLOT, REPORT),
        new WorkerAct.UnorderedCommandSeen(
            COMMAND,
            SLOT,
            "carousel.destroy-key.v1",
            "destroy key a1 for x509 of authority 'user', generation 2: no event of the log ordered it",
            3,
            new AuthorName("orchestrator-1")),
        new KeyCommandRefused(COMMAND, SLOT, "no-such-key", "the token lists no such key", true));
  }

  private static List<SigningCommand> commands() {
    return List.of(
        new GenerateKey(COMMAND, 1, USER, 3, SLOT, Format.SSH, Suite.RSA_2048),
        new AdoptKey(COMMAND, 1, USER, 1, SLOT, Format.X509, Suite.RSA_3072, KEY, true),
        new SignCaCertificate(COMMAND, 1, USER, 3, SLOT, KEY, PUBLIC_KEY, Suite.ECDSA_P256, DRAFT),
        new SignCaRequest(
            COMMAND, 1, USER, 3, SLOT, KEY, PUBLIC_KEY, Suite.ECDSA_P256, DRAFT.subject()),
        new SignCrl(COMMAND, 1, USER, 3, SLOT, KEY, PUBLIC_KEY, Suite.ECDSA_P256, CERTIFICATE, CRL),
        new SigningCommand.SignBundle(
            COMMAND,
            1,
            AuthorityName.BUILT_IN,
            3,
            SLOT,
            KEY,
            PUBLIC_KEY,
            Suite.ECDSA_P256,
            STATEMENT),
        new InspectToken(COMMAND, 1, SLOT, EXPECTED),
        new DestroyKey(COMMAND, 1, USER, 2, SLOT, Format.X509, KEY, PUBLIC_KEY),
        new SignLeaf(
            ORDER,
            CERTIFICATE,
            PUBLIC_KEY,
            NAMES,
            Optional.of(
                new SigningCommand.Distribution(
                    "http://pki.example/pub/user/crls/3/hsm-a",
                    "http://pki.example/pub/user/certificates/3/hsm-a"))),
        new SignSshCertificate(
            ORDER,
            PUBLIC_KEY,
            PUBLIC_KEY,
            "user/web-1",
            List.of("deploy", "web-1"),
            POLICY.ssh(),
            bytes("32 random bytes of a certificate")),
        new SignToken(
            ORDER,
            PUBLIC_KEY,
            "carousel:" + HOUSE + "/user",
            List.of("billing"),
            PUBLIC_KEY,
            Optional.of(new SpiffeId("spiffe://example.org/web-1"))));
  }

  private static List<Object> answers() {
    return List.of(
        new LeafSigned(
            COMMAND,
            USER,
            3,
            SLOT,
            WEB,
            PUBLIC_KEY.digest(),
            Format.X509,
            Profile.SERVER,
            SERIAL,
            PUBLIC_KEY.digest(),
            LATER,
            CERTIFICATE.digest(),
            CERTIFICATE),
        new LeafRefused(COMMAND, USER, 3, SLOT, WEB, SERIAL, "too-late", "past its deadline"),
        new Reply.Accepted(COMMAND, 43),
        new Reply.Refused(COMMAND, 44, "stale", "the rotation has moved on; look again"),
        new GateLeaves(
            Optional.of(RotationId.of(USER, 3)),
            PhaseName.INIT,
            0,
            List.of("web-1|trusts generation 2|holds|report 9"),
            USER),
        new Attempt(List.of(new Attempt.Item(COMMAND, 1))),
        new Report(
            WEB,
            9,
            USER,
            7,
            Digest.of(new byte[] {2}),
            List.of(PUBLIC_KEY.digest()),
            List.of(
                new Report.Presented(
                    Format.X509,
                    Profile.BOTH,
                    SERIAL,
                    PUBLIC_KEY.digest(),
                    SIGNATURE,
                    Optional.of(new Report.Observation(3, 2)))),
            List.of(new Report.Tried(CERTIFICATE, true, SIGNATURE)),
            Optional.of("nginx refused set 12"),
            Optional.of(4),
            SIGNATURE));
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(UTF_8));
  }
}
