package io.carousel.orchestrator.credential;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.Statements;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.orchestrator.evidence.Member;
import java.security.KeyPair;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What each format is asked for with, and what comes of it. */
class CredentialFormatsTest extends CredentialTest {
  private static final AuthorityName ALL = new AuthorityName("all");

  private final Member all = new Member("all-1");

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
                            "uri:https://example/all",
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
        .containsExactly("dns:all.example", "uri:https://example/all");
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
    assertThat(token.issuer()).isEqualTo("carousel:%s/all".formatted(story.house().id().get()));
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
}
