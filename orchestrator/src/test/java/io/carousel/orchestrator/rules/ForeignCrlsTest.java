package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.carousel.events.AuthorityEvent.ForeignCrlFetchChanged;
import io.carousel.events.AuthorityEvent.ForeignCrlImported;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CrlNumber;
import io.carousel.events.FormatSuite;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.FollowForeignCrl;
import io.carousel.events.OperatorAct.ImportForeignCrl;
import io.carousel.events.OperatorAct.NoteForeignCrl;
import io.carousel.events.Origin;
import io.carousel.events.Suite;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CRLs of a CA elsewhere, whose certificate was imported. */
@Timeout(60)
class ForeignCrlsTest {
  private static final AuthorityName OLD = new AuthorityName("old");

  private final Story story = new Story(5, "hsm-a", "hsm-b");
  private final ForeignCa ca = ForeignCa.of(Suite.ECDSA_P256);

  private void open(ForeignCa... cas) {
    Origin origin =
        new Origin(
            List.of(),
            java.util.stream.Stream.of(cas)
                .flatMap(c -> c.imported().imported().stream())
                .toList());
    story.accept(
        new CreateAuthority(
            OLD,
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(Scene.A),
            Scene.POLICY,
            "p-1",
            origin));
  }

  private Authority old() {
    return story.authority("old");
  }

  private List<String> warnings() {
    return ForeignCrlRules.warnings(old(), story.now()).toList();
  }

  private static ImportForeignCrl brings(Bytes crl) {
    return new ImportForeignCrl(OLD, crl, "p-1");
  }

  private static FollowForeignCrl follows(String url) {
    return new FollowForeignCrl(OLD, Optional.empty(), Optional.of(url), "p-1");
  }

  @Test
  void oneThatWasNotBroughtIsSaid() {
    open(ca);
    assertThat(ForeignCrlRules.published(old())).isEmpty();
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("CN=The old CA")
        .contains("no crls.pem is published")
        .contains("carousel authority crl old FILE", "carousel authority crl old --url URL");
  }

  @Test
  void itIsTakenAndNeverGoesBack() {
    open(ca);
    Bytes first = ca.crl(7, story.now());
    assertThat(story.accept(brings(first)))
        .singleElement()
        .isInstanceOfSatisfying(
            ForeignCrlImported.class,
            e -> {
              assertThat(e.generation()).isEqualTo(1);
              assertThat(e.number()).contains(CrlNumber.of(7));
            });
    assertThat(warnings()).isEmpty();
    assertThat(ForeignCrlRules.published(old())).containsExactly(first);
    assertThat(story.refuse(brings(first)).message()).contains("CRL number 7 was imported already");
    assertThat(story.refuse(brings(ca.crl(6, story.now()))).message()).contains("its number is 6");
    Bytes next = ca.crl(8, story.now());
    story.accept(brings(next));
    assertThat(ForeignCrlRules.published(old())).containsExactly(next);
    var codec = new HouseCodec();
    assertThat(codec.read(codec.write(story.house()))).isEqualTo(story.house());
  }

  @Test
  void onlyTheCaItselfMayHaveSignedIt() {
    open(ca);
    Bytes forged = ForeignCa.of(Suite.ECDSA_P256).crl(1, story.now());
    assertThat(story.refuse(brings(forged)).message())
        .contains("does not verify under the CA's key");
    Bytes other = new RootCa("Another").crl(1, story.now());
    assertThat(story.refuse(brings(other)).message())
        .contains("its issuer is 'CN=Another", "part 2 is CN=UTF8String 'Another'");
    assertThat(story.refuse(brings(Bytes.of(new byte[] {1}))).code())
        .isEqualTo("foreign-crl-unfit");
    Bytes over = ca.crl(1, story.now().minus(Duration.ofDays(8)));
    assertThat(story.refuse(brings(over)).message()).contains("the one after it was due at");
  }

  @Test
  void oneThatIsPastItsTimeIsSaid() {
    open(ca);
    story.accept(brings(ca.crl(7, story.now())));
    story.now(story.now().plus(Duration.ofDays(7)).plusSeconds(1));
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("CRL number 7 of the CA", "is past its time since");
  }

  /** Names alone do not tell: these two CAs have the same. */
  @Test
  void ofSeveralCasEachHasItsOwn() {
    ForeignCa other = ForeignCa.of(Suite.RSA_2048);
    open(ca, other);
    story.accept(brings(other.crl(3, story.now())));
    assertThat(warnings()).hasSize(1);
    assertThat(story.refuse(follows("http://pki.example/old.crl")).message())
        .contains("say of which with --ca", ca.publicKey().digest().value());
    story.accept(
        new FollowForeignCrl(
            OLD,
            Optional.of(ca.publicKey().digest()),
            Optional.of("http://pki.example/old.crl"),
            "p-1"));
    story.accept(brings(ca.crl(1, story.now())));
    assertThat(warnings()).isEmpty();
    assertThat(ForeignCrlRules.published(old())).hasSize(2);
  }

  @Test
  void troubleOfFetchingIsToldOnceAndSoIsItsEnd() {
    open(ca);
    story.accept(follows("http://pki.example/old.crl"));
    var key = ca.publicKey().digest();
    var trouble = new NoteForeignCrl(OLD, key, Optional.of("no connection"), "the rules");
    assertThat(story.accept(trouble)).hasOnlyElementsOfType(ForeignCrlFetchChanged.class);
    assertThat(story.refuse(trouble).code()).isEqualTo("foreign-crl-no-news");
    assertThat(warnings())
        .anySatisfy(w ->
            assertThat(w).contains("cannot be fetched from http://pki.example/old.crl: no conn"));
    story.accept(brings(ca.crl(1, story.now())));
    assertThat(warnings()).isEmpty();
    story.accept(trouble);
    story.accept(new NoteForeignCrl(OLD, key, Optional.empty(), "the rules"));
    assertThat(warnings()).isEmpty();
    story.accept(new FollowForeignCrl(OLD, Optional.empty(), Optional.empty(), "p-1"));
    assertThat(old().generation(1).foreignCrls(key).url()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "ldap://pki.example/cn=ca",
        "http:///crl",
        "http://user:secret@pki.example/crl",
        "http://pki.example/crl#x",
        "pki.example/crl",
        "http://pki.example/a b",
        ""
      })
  void otherAddressesAreRefused(String url) {
    assertThatIllegalArgumentException().isThrownBy(() -> follows(url));
  }
}
