package io.carousel.orchestrator.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.LeafOrder;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.Statements;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.evidence.Member;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Story;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CredentialDeskTest {
  private static final AuthorityName USER = new AuthorityName("user");

  /** Its keys lie in hsm-a alone. */
  private static final AuthorityName DB = new AuthorityName("db");

  /** What a slot may have in hand. */
  private static final int ROOM = 256;

  private final Story story = new Story(5, "hsm-a", "hsm-b");
  private static final AuthorityName ALL = new AuthorityName("all");

  private final Member web = new Member("web-1");
  private final Member all = new Member("all-1");
  private final List<LeafCommand> written = Collections.synchronizedList(new ArrayList<>());
  private volatile Function<LeafCommand, LeafResult> worker = CredentialDeskTest::signed;
  private volatile CompletableFuture<Void> kafka = CompletableFuture.completedFuture(null);
  private CredentialDesk desk;

  @BeforeEach
  void open() {
    desk =
        new CredentialDesk(
            story::house,
            command -> {
              written.add(command);
              LeafResult result = worker.apply(command);
              if (result != null) {
                desk.take(result);
              }
              return kafka;
            },
            Clock.fixed(story.now(), ZoneOffset.UTC));
    story.accept(
        new CreateAuthority(
            USER,
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(new SlotName("hsm-a"), new SlotName("hsm-b")),
            Policy.DEFAULT,
            "p-1"));
    story.accept(
        new CreateAuthority(
            DB,
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(new SlotName("hsm-a")),
            Policy.DEFAULT,
            "p-1"));
    story.settle();
    List<Role> roles = List.of(Role.PRESENTS_CLIENT, Role.VERIFIES);
    story.accept(web.enrolment(List.of(new Membership(USER, roles), new Membership(DB, roles))));
  }

  @Test
  void issuesByTheGenerationInForceAndTheSlotsTakeTurns() {
    Credential first = desk.issue(request(USER, Profile.CLIENT, csr(), story.now()));
    desk.issue(request(USER, Profile.CLIENT, csr(), story.now()));
    assertThat(first.generation()).isEqualTo(1);
    assertThat(written).extracting(LeafCommand::slot).doesNotHaveDuplicates();
    assertThat(written).extracting(c -> c.order().serial()).doesNotHaveDuplicates();
    LeafOrder command = written.getFirst().order();
    assertThat(command.serial().number().bitLength()).isEqualTo(127);
    assertThat(Duration.between(story.now(), command.notAfter()))
        .isEqualTo(Policy.DEFAULT.leafLifetime());
    assertThat(command.deadline()).isAfter(story.now());
  }

  @Test
  void whatWasSignedForAPhaseThatIsOverIsNotHandedOut() {
    story.shows("user", this::trusting);
    worker =
        command -> {
          moveToUpdateClients();
          return signed(command);
        };
    declines(request(USER, Profile.CLIENT, csr(), story.now()), "phase-moved");
  }

  @Test
  void refusesWhoIsNotWhoItSays() {
    CredentialRequest good = request(USER, Profile.CLIENT, csr(), story.now());
    declines(copy(good, new ParticipantName("web-2"), good.subject()), "unknown-participant");
    declines(copy(good, good.participant(), csr()), "bad-signature");
    assertThat(written).isEmpty();
  }

  @Test
  void refusesWhatItsRolesDoNotAllow() {
    declines(request(USER, Profile.SERVER, csr(), story.now()), "wrong-profile");
    declines(request(USER, Profile.BOTH, csr(), story.now()), "wrong-profile");
    declines(
        request(new AuthorityName("nobody"), Profile.CLIENT, csr(), story.now()),
        "unknown-authority");
    assertThat(written).isEmpty();
  }

  @Test
  void refusesAClockThatIsADayOff() {
    declines(
        request(USER, Profile.CLIENT, csr(), story.now().minus(Duration.ofDays(1))), "clock-off");
    declines(
        request(USER, Profile.CLIENT, csr(), story.now().plus(Duration.ofDays(1))), "clock-off");
  }

  @Test
  void aRequestThatCannotBeGrantedSaysWhyAndWhatToSend() {
    House before = story.house();
    Map.of(
            "is no PKCS#10 certification request", Bytes.of(new byte[40]),
            "has 16385 bytes", Bytes.of(new byte[CredentialRequest.SUBJECT_LIMIT + 1]),
            "RSA key has 1024 bits; use 2048", csr(rsa(1024), "SHA256withRSA"))
        .forEach((why, csr) ->
            assertThatThrownBy(() -> desk.issue(request(USER, Profile.CLIENT, csr, story.now())))
                .isInstanceOfSatisfying(
                    Declined.class,
                    d -> {
                      assertThat(d.code()).isEqualTo("bad-csr");
                      assertThat(d.kind()).isEqualTo(Declined.Kind.INVALID);
                      assertThat(d)
                          .hasMessageContaining(why)
                          .hasMessageContaining("send a PKCS#10 request in DER");
                    }));
    assertThat(written).isEmpty();
    assertThat(desk.waiting()).isZero();
    assertThat(story.house()).isEqualTo(before);
  }

  @Test
  void anAuthorityThatIsNotThereIsNamedAndWhereToLook() {
    var nobody = new AuthorityName("nobody");
    assertThatThrownBy(() -> desk.issue(request(nobody, Profile.CLIENT, csr(), story.now())))
        .isInstanceOfSatisfying(
            Declined.class, d -> assertThat(d.kind()).isEqualTo(Declined.Kind.NOT_FOUND))
        .hasMessage("there is no authority 'nobody'; see 'carousel authority list'");
    assertThat(written).isEmpty();
  }

  @Test
  void saysWhyAWorkerRefused() {
    worker = CredentialDeskTest::refused;
    declines(request(USER, Profile.CLIENT, csr(), story.now()), "profile-not-allowed");
  }

  @Test
  void whatAWorkerFindsOutOfPhaseIsAskedForAgain() {
    worker =
        c ->
            new LeafRefused(
                c.command(),
                c.authority(),
                c.generation(),
                c.slot(),
                c.order().participant(),
                c.order().serial(),
                "out-of-phase",
                "the phase is over");
    declines(request(USER, Profile.CLIENT, csr(), story.now()), "phase-moved");
  }

  @Test
  void beyondWhatASlotCarriesCallersComeBackLater() {
    List<Future<Credential>> carried = fill();
    assertThatThrownBy(() -> desk.issue(request(DB, Profile.CLIENT, csr(), story.now())))
        .isInstanceOfSatisfying(
            Declined.class,
            d -> {
              assertThat(d.code()).isEqualTo("slot-busy");
              assertThat(d.kind()).isEqualTo(Declined.Kind.UNAVAILABLE);
              assertThat(d.retryAfter()).contains(Duration.ofSeconds(1));
              assertThat(d).hasMessageContaining("ask again");
            });
    assertThat(written).hasSize(ROOM);

    List.copyOf(written).forEach(c -> desk.take(signed(c)));
    assertThat(carried)
        .allSatisfy(c ->
            assertThat(c)
                .succeedsWithin(Duration.ofSeconds(20))
                .extracting(Credential::authority)
                .isEqualTo(DB));
    assertThat(desk.waiting()).isZero();
    worker = CredentialDeskTest::signed;
    assertThat(desk.issue(request(DB, Profile.CLIENT, csr(), story.now()))).isNotNull();
  }

  @Test
  void aFullSlotIsPassedOverWhereAnotherHasRoom() {
    List<Future<Credential>> carried = fill();
    worker = CredentialDeskTest::signed;
    for (int i = 0; i < 4; i++) {
      desk.issue(request(USER, Profile.CLIENT, csr(), story.now()));
      assertThat(written.getLast().slot()).isEqualTo(new SlotName("hsm-b"));
    }
    List.copyOf(written).forEach(c -> desk.take(signed(c)));
    assertThat(carried)
        .allSatisfy(c -> assertThat(c).succeedsWithin(Duration.ofSeconds(20)).isNotNull());
  }

  /** More often than there is room: what is not given back would be missing. */
  @Test
  void whoGivesUpLeavesNothingBehind() {
    CredentialRequest request = request(DB, Profile.CLIENT, csr(), story.now());
    worker = c -> null;
    for (int i = 0; i < ROOM + 1; i++) {
      Thread.currentThread().interrupt();
      declines(request, "stopping");
      assertThat(Thread.interrupted()).isTrue();
    }
    kafka = CompletableFuture.failedFuture(new IllegalStateException("no broker"));
    for (int i = 0; i < ROOM + 1; i++) {
      declines(request, "kafka-unavailable");
    }
    kafka = CompletableFuture.completedFuture(null);
    worker = CredentialDeskTest::refused;
    for (int i = 0; i < ROOM + 1; i++) {
      declines(request, "profile-not-allowed");
    }
    assertThat(desk.waiting()).isZero();

    List.copyOf(written).forEach(c -> desk.take(signed(c)));
    assertThat(desk.waiting()).isZero();
    worker = CredentialDeskTest::signed;
    Credential credential = desk.issue(request);
    assertThat(credential.serial()).isEqualTo(written.getLast().order().serial());
  }

  @Test
  void aResultThatComesLateIsNobodysAndBringsItsSlotBack() {
    var silent = new SlotName("hsm-a");
    CredentialRequest request = request(USER, Profile.CLIENT, csr(), story.now());
    worker = c -> c.slot().equals(silent) ? null : signed(c);
    Credential first = desk.issue(request);
    assertThat(written)
        .extracting(LeafCommand::slot)
        .containsExactly(silent, new SlotName("hsm-b"));
    assertThat(first.serial()).isEqualTo(written.get(1).order().serial());
    for (int i = 0; i < 4; i++) {
      desk.issue(request);
    }
    assertThat(written.subList(1, 6)).extracting(LeafCommand::slot).doesNotContain(silent);

    desk.take(signed(written.getFirst()));
    worker = CredentialDeskTest::signed;
    Credential next = desk.issue(request);
    assertThat(written.getLast().slot()).isEqualTo(silent);
    assertThat(next.serial())
        .isEqualTo(written.getLast().order().serial())
        .isNotEqualTo(written.getFirst().order().serial());
    assertThat(desk.waiting()).isZero();
  }

  /** As many callers wait for hsm-a as it carries. */
  private List<Future<Credential>> fill() {
    CredentialRequest request = request(DB, Profile.CLIENT, csr(), story.now());
    worker = c -> null;
    var carried = new ArrayList<Future<Credential>>();
    for (int i = 0; i < ROOM; i++) {
      var caller = new FutureTask<>(() -> desk.issue(request));
      Thread.startVirtualThread(caller);
      carried.add(caller);
    }
    await().until(() -> written.size() == ROOM);
    return carried;
  }

  private void declines(CredentialRequest request, String code) {
    assertThatThrownBy(() -> desk.issue(request))
        .isInstanceOfSatisfying(
            Declined.class, d -> assertThat(d.code()).as(d.getMessage()).isEqualTo(code));
  }

  private void moveToUpdateClients() {
    story.accept(new StartRotation(USER, story.authority("user").seen(), List.of(), "", "p-1"));
    story.settle();
    story.accept(new Advance(USER, story.authority("user").seen(), List.of(), false, "", "p-1"));
  }

  private Evidence trusting() {
    var a = story.authority("user");
    Set<Digest> all =
        a.generations().values().stream()
            .flatMap(g -> g.ready().map(k -> k.publicKey().digest()))
            .collect(java.util.stream.Collectors.toSet());
    return new Evidence(
        Map.of(
            new ParticipantName("web-1"),
            new Evidence.Shown(1, a.bundle(), a.challenge(), all, List.of(), story.now())),
        List.of(),
        List.of());
  }

  private static LeafRefused refused(LeafCommand c) {
    return new LeafRefused(
        c.command(),
        c.authority(),
        c.generation(),
        c.slot(),
        c.order().participant(),
        c.order().serial(),
        "profile-not-allowed",
        "this worker signs no client credentials");
  }

  private static LeafSigned signed(LeafCommand c) {
    return new LeafSigned(
        c.command(),
        c.authority(),
        c.generation(),
        c.slot(),
        c.order().participant(),
        c.order().identity(),
        c.format(),
        c.order().profile(),
        c.order().serial(),
        Digest.of(new byte[] {2}),
        c.order().notAfter(),
        Digest.of(new byte[] {1}),
        Bytes.of(new byte[] {1}));
  }

  private CredentialRequest request(
      AuthorityName authority, Profile profile, Bytes csr, Instant at) {
    var name = new ParticipantName("web-1");
    byte[] statement =
        Statements.credentialRequest(
            story.house().id().orElseThrow(),
            name,
            authority,
            Format.X509,
            profile,
            csr,
            List.of(),
            at);
    return new CredentialRequest(
        name, authority, Format.X509, profile, csr, List.of(), at, web.signs(statement));
  }

  private CredentialRequest request(Format format, Bytes subject, String... names) {
    var name = new ParticipantName("all-1");
    List<SubjectName> wanted = List.of(names).stream().map(SubjectName::new).toList();
    byte[] statement =
        Statements.credentialRequest(
            story.house().id().orElseThrow(),
            name,
            ALL,
            format,
            Profile.CLIENT,
            subject,
            wanted,
            story.now());
    return new CredentialRequest(
        name, ALL, format, Profile.CLIENT, subject, wanted, story.now(), all.signs(statement));
  }

  private void openAll() {
    story.accept(
        new CreateAuthority(
            ALL,
            List.of(
                new FormatSuite(Format.X509, Suite.ECDSA_P256),
                new FormatSuite(Format.SSH, Suite.ED25519),
                new FormatSuite(Format.JWT, Suite.ECDSA_P256)),
            List.of(new SlotName("hsm-a")),
            Policy.DEFAULT,
            "p-1"));
    story.settle();
    story.accept(
        all.enrolment(
            List.of(
                new Membership(
                    ALL,
                    List.of(Role.PRESENTS_CLIENT),
                    List.of(Format.values()),
                    Stream.of(
                            "dns:all.example",
                            "uri:spiffe://example/all",
                            "principal:deploy",
                            "audience:billing")
                        .map(SubjectName::new)
                        .toList()))));
  }

  @Test
  void eachFormatIsAskedForInItsOwnForm() {
    openAll();
    KeyPair key = Member.p256();
    Bytes spki = Bytes.of(key.getPublic().getEncoded());

    desk.issue(request(Format.X509, csr(key, "SHA256withECDSA")));
    var leaf = (SignLeaf) written.getLast();
    assertThat(leaf.names())
        .extracting(SubjectName::value)
        .containsExactly("dns:all.example", "uri:spiffe://example/all");
    assertThat(leaf.publicKey()).isEqualTo(spki);

    desk.issue(request(Format.SSH, SshPublicKey.of(spki).blob()));
    var ssh = (SignSshCertificate) written.getLast();
    assertThat(ssh.principals()).containsExactly("deploy");
    assertThat(ssh.publicKey()).isEqualTo(spki);
    assertThat(ssh.order().suite()).isEqualTo(Suite.ED25519);
    assertThat(ssh.order().serial().number().bitLength()).isEqualTo(63);
    assertThat(ssh.options()).isEqualTo(SshOptions.DEFAULT);

    desk.issue(request(Format.JWT, spki));
    var token = (SignToken) written.getLast();
    assertThat(token.audiences()).containsExactly("billing");
    assertThat(token.recipient()).isEqualTo(spki);
    assertThat(token.issuer()).isEqualTo("carousel://%s/all".formatted(story.house().id().get()));
  }

  @Test
  void onlyNamesThatItIsEnrolledWithAreSigned() {
    openAll();
    Bytes good = csr(Member.p256(), "SHA256withECDSA");
    desk.issue(request(Format.X509, good, "dns:all.example"));
    assertThat(((SignLeaf) written.getLast()).names()).hasSize(1);
    desk.issue(request(Format.X509, good, "dns:all-1"));
    assertThat(((SignLeaf) written.getLast()).names()).isEmpty();
    int before = written.size();
    for (String forbidden :
        List.of("dns:other.example", "dns:*.example", "ip:192.0.2.1", "principal:root")) {
      declines(request(Format.X509, good, forbidden), "name-forbidden");
    }
    assertThat(written).hasSize(before);
  }

  @Test
  void whatIsNoKeyOfItsFormatIsRefusedByName() {
    openAll();
    Bytes spki = Bytes.of(Member.p256().getPublic().getEncoded());
    declines(request(Format.SSH, spki), "bad-key");
    declines(request(Format.JWT, SshPublicKey.of(spki).blob()), "bad-key");
    declines(request(Format.JWT, Bytes.of(rsa(2048).getPublic().getEncoded())), "bad-key");
    declines(request(Format.X509, spki), "bad-csr");
  }

  private static CredentialRequest copy(CredentialRequest r, ParticipantName name, Bytes csr) {
    return new CredentialRequest(
        name, r.authority(), r.format(), r.profile(), csr, r.names(), r.at(), r.signature());
  }

  private static Bytes csr() {
    return csr(Member.p256(), "SHA256withECDSA");
  }

  private static KeyPair rsa(int bits) {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static Bytes csr(KeyPair pair, String signature) {
    try {
      return Bytes.of(
          new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), pair.getPublic())
              .build(new JcaContentSignerBuilder(signature).build(pair.getPrivate()))
              .getEncoded());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
