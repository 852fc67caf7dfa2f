package io.carousel.orchestrator.credential;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.Membership;
import io.carousel.events.Naming;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SlotName;
import io.carousel.events.SpiffeId;
import io.carousel.events.Statements;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import io.carousel.events.TrustDomain;
import io.carousel.orchestrator.evidence.Member;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What members of an authority with a SPIFFE trust domain get. */
@Timeout(60)
class SvidTest extends CredentialTest {
  private static final AuthorityName MESH = new AuthorityName("mesh");
  private final Member one = new Member("one");

  private static CreateAuthority mesh(AuthorityName name, Suite tokens) {
    return new CreateAuthority(
        name,
        List.of(
            new FormatSuite(Format.X509, Suite.ECDSA_P256), new FormatSuite(Format.JWT, tokens)),
        List.of(new SlotName("hsm-a")),
        Policy.DEFAULT.named(
            new Naming(Optional.empty(), Optional.of(new TrustDomain("example.org")))),
        "p-1");
  }

  private Membership membership(String... names) {
    return new Membership(
        MESH,
        List.of(Role.PRESENTS_SERVER, Role.PRESENTS_CLIENT, Role.VERIFIES),
        List.of(Format.X509, Format.JWT),
        Stream.of(names).map(SubjectName::new).toList());
  }

  private void opened(String... names) {
    story.accept(mesh(MESH, Suite.ECDSA_P256));
    story.settle();
    story.accept(one.enrolment(List.of(membership(names))));
  }

  private CredentialRequest request(
      AuthorityName of, Format format, Profile profile, Bytes subject, String... names) {
    var name = new ParticipantName("one");
    List<SubjectName> wanted = Stream.of(names).map(SubjectName::new).toList();
    byte[] statement =
        Statements.credentialRequest(
            story.house().id().orElseThrow(),
            name,
            of,
            format,
            profile,
            subject,
            wanted,
            story.now());
    return new CredentialRequest(
        name, of, format, profile, subject, wanted, story.now(), one.signs(statement));
  }

  private SignLeaf certificate(String... names) {
    desk.issue(request(MESH, Format.X509, Profile.BOTH, csr(), names));
    return (SignLeaf) written.getLast();
  }

  private SignToken token(String... names) {
    Bytes spki = Bytes.of(Member.p256().getPublic().getEncoded());
    desk.issue(request(MESH, Format.JWT, Profile.CLIENT, spki, names));
    return (SignToken) written.getLast();
  }

  private static String spiffe(SignLeaf leaf) {
    return leaf.names().stream()
        .filter(n -> n.kind() == SubjectName.Kind.URI)
        .map(SubjectName::text)
        .collect(java.util.stream.Collectors.joining(" "));
  }

  @Test
  void theSpiffeIdIsThePathOfTheName() {
    opened("dns:www.example", "audience:billing");
    assertThat(spiffe(certificate())).isEqualTo("spiffe://example.org/one");
    assertThat(spiffe(certificate("uri:spiffe://example.org/one")))
        .isEqualTo("spiffe://example.org/one");
    assertThat(certificate("dns:www.example").names())
        .extracting(SubjectName::value)
        .containsExactly("dns:www.example", "uri:spiffe://example.org/one");
    assertThat(token().spiffe()).contains(new SpiffeId("spiffe://example.org/one"));
    assertThat(token("uri:spiffe://example.org/one").audiences()).containsExactly("billing");
    declines(
        request(MESH, Format.X509, Profile.BOTH, csr(), "uri:spiffe://example.org/two"),
        "name-forbidden");
  }

  @Test
  void anotherIsSaidAtEnrolment() {
    opened("uri:spiffe://example.org/ns/a");
    assertThat(spiffe(certificate())).isEqualTo("spiffe://example.org/ns/a");
    assertThat(token().spiffe()).contains(new SpiffeId("spiffe://example.org/ns/a"));
    // Not both: whoever was given another ID does not keep that of its name.
    declines(
        request(MESH, Format.X509, Profile.BOTH, csr(), "uri:spiffe://example.org/one"),
        "name-forbidden");
  }

  @Test
  void ofSeveralOneIsAskedForByName() {
    opened("uri:spiffe://example.org/a", "uri:spiffe://example.org/b");
    declines(request(MESH, Format.X509, Profile.BOTH, csr()), "several-spiffe-ids");
    assertThat(spiffe(certificate("uri:spiffe://example.org/b")))
        .isEqualTo("spiffe://example.org/b");
    assertThat(token("uri:spiffe://example.org/a").spiffe())
        .contains(new SpiffeId("spiffe://example.org/a"));
    declines(
        request(
            MESH,
            Format.X509,
            Profile.BOTH,
            csr(),
            "uri:spiffe://example.org/a",
            "uri:spiffe://example.org/b"),
        "several-spiffe-ids");
  }

  @Test
  void namesThatNoSvidCanHaveAreRefusedAtEnrolment() {
    opened();
    for (String bad :
        List.of(
            "uri:spiffe://other.org/a",
            "uri:https://example.org/a",
            "uri:spiffe://example.org/_carousel-canary/mesh/one",
            "uri:carousel:abc/mesh/one",
            "dns:canary.invalid")) {
      assertThat(story.refuse(one.enrolment(List.of(membership(bad)))).code())
          .as(bad)
          .isIn("name-unfit", "name-kept");
    }
  }

  @Test
  void withoutATrustDomainNothingSpeaksOfSpiffe() {
    opened();
    var named =
        new Membership(
            USER,
            List.of(Role.PRESENTS_CLIENT),
            List.of(Format.X509),
            List.of(new SubjectName("uri:spiffe://example.org/one")));
    var refusal = story.refuse(one.enrolment(List.of(named)));
    assertThat(refusal.code()).isEqualTo("name-unfit");
    assertThat(refusal.message())
        .contains("has no SPIFFE trust domain")
        .contains("--spiffe-trust-domain");
    story.accept(one.enrolment(List.of(new Membership(USER, List.of(Role.PRESENTS_CLIENT)))));
    declines(
        request(USER, Format.X509, Profile.CLIENT, csr(), "uri:spiffe://example.org/one"),
        "no-trust-domain");
  }

  @Test
  void canariesAreSvidsToo() {
    opened();
    var verifier = new Membership(MESH, List.of(Role.VERIFIES));
    story.accept(one.enrolment(List.of(verifier)));
    story.accept(new StartRotation(MESH, story.authority("mesh").seen(), List.of(), "", "p-1"));
    story.settle();
    desk.issue(request(MESH, Format.X509, Profile.CANARY_CLIENT, csr()));
    assertThat(((SignLeaf) written.getLast()).names())
        .extracting(SubjectName::value)
        .containsExactly("uri:spiffe://example.org/_carousel-canary/mesh/one");
  }

  @Test
  void tokensThatNoVerifierTakesAreRefusedWhenTheAuthorityIsMade() {
    assertThat(story.refuse(mesh(MESH, Suite.ED25519)).code()).isEqualTo("no-svid-suite");
    opened();
    var ed25519 = List.of(new FormatSuite(Format.JWT, Suite.ED25519));
    assertThat(
            story
                .refuse(new StartRotation(MESH, story.authority("mesh").seen(), ed25519, "", "p-1"))
                .code())
        .isEqualTo("no-svid-suite");
    var ssh =
        new CreateAuthority(
            new AuthorityName("ssh"),
            List.of(new FormatSuite(Format.SSH, Suite.ED25519)),
            List.of(new SlotName("hsm-a")),
            mesh(MESH, Suite.ECDSA_P256).policy(),
            "p-1");
    assertThat(story.refuse(ssh).code()).isEqualTo("no-svid-format");
    assertThat(story.refuse(mesh(AuthorityName.BUILT_IN, Suite.ECDSA_P256)).code())
        .isEqualTo("name-reserved");
  }
}
