package io.carousel.orchestrator.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SlotName;
import io.carousel.events.Statements;
import io.carousel.events.Suite;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.evidence.Member;
import io.carousel.orchestrator.rules.Story;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.BeforeEach;

/** A desk over the real rules, whose workers do what a test says. */
abstract class CredentialTest {
  static final AuthorityName USER = new AuthorityName("user");

  /** Its keys lie in hsm-a alone. */
  static final AuthorityName DB = new AuthorityName("db");

  final Story story = new Story(5, "hsm-a", "hsm-b");

  final Member web = new Member("web-1");
  final List<LeafCommand> written = Collections.synchronizedList(new ArrayList<>());
  volatile Function<LeafCommand, LeafResult> worker = this::signed;
  volatile CompletableFuture<Void> kafka = CompletableFuture.completedFuture(null);
  final List<String> noticed = Collections.synchronizedList(new ArrayList<>());
  CredentialDesk desk;

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
            new Noticed(),
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

  /** What the desk says of slots, in words. */
  private final class Noticed implements SlotNews {
    @Override
    public void silent(SlotName slot) {
      noticed.add(slot + " is silent");
    }

    @Override
    public void answered(SlotName slot) {
      noticed.add(slot + " answers");
    }

    @Override
    public void refused(LeafRefused refusal) {
      noticed.add("%s refuses: %s".formatted(refusal.slot(), refusal.code()));
    }
  }

  void declines(CredentialRequest request, String code) {
    assertThatThrownBy(() -> desk.issue(request))
        .isInstanceOfSatisfying(
            Declined.class, d -> assertThat(d.code()).as(d.getMessage()).isEqualTo(code));
  }

  static LeafRefused refused(LeafCommand c) {
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

  LeafSigned signed(LeafCommand c) {
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
        signer(c),
        c.order().notAfter(),
        Digest.of(new byte[] {1}),
        Bytes.of(new byte[] {1}));
  }

  private Digest signer(LeafCommand c) {
    return story
        .house()
        .authority(c.authority())
        .orElseThrow()
        .generation(c.generation())
        .ready()
        .filter(key -> key.id().equals(c.order().key()))
        .findFirst()
        .orElseThrow()
        .publicKey()
        .digest();
  }

  CredentialRequest request(AuthorityName authority, Profile profile, Bytes csr, Instant at) {
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

  static Bytes csr() {
    return csr(Member.p256(), "SHA256withECDSA");
  }

  static KeyPair rsa(int bits) {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes csr(KeyPair pair, String signature) {
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
