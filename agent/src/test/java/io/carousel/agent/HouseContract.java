package io.carousel.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.certificate.CertificationRequest;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Enrolled;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.Statements;
import io.carousel.events.TrustBundle;
import io.carousel.events.seal.EnrolmentToken;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a participant may expect of any house: near or far. */
public abstract class HouseContract {
  private static final ParticipantName WEB = new ParticipantName("web-1");

  protected final FakeHouse behind = new FakeHouse();
  private final Identity identity = Identity.create(WEB);

  /** The house to be tested, which answers as {@link #behind} does. */
  protected abstract House house();

  private CredentialRequest request(KeyPair key, Identity signer) {
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Bytes csr = CertificationRequest.of(WEB, key);
    byte[] statement =
        Statements.credentialRequest(
            behind.id(), WEB, FakeHouse.AUTHORITY, Format.X509, Profile.CLIENT, csr, List.of(), at);
    return new CredentialRequest(
        WEB,
        FakeHouse.AUTHORITY,
        Format.X509,
        Profile.CLIENT,
        csr,
        List.of(),
        at,
        signer.sign(statement));
  }

  @Test
  void itSaysWhichItIs() throws Exception {
    assertThat(house().id()).isEqualTo(behind.id());
  }

  @Test
  void whatIsNewerIsToldAtOnce() throws Exception {
    assertThat(house().bundle(FakeHouse.AUTHORITY, 0, Duration.ofSeconds(60)))
        .contains(behind.bundle());
  }

  @Test
  void withoutNewsTheWaitEnds() throws Exception {
    long sequence = behind.bundle().sequence();
    assertThat(house().bundle(FakeHouse.AUTHORITY, sequence, Duration.ZERO)).isEmpty();
    assertThat(house().bundle(FakeHouse.AUTHORITY, sequence, Duration.ofMillis(20))).isEmpty();
  }

  @Test
  void newsEndTheWait() throws Exception {
    TrustBundle before = behind.bundle();
    CompletableFuture<Optional<TrustBundle>> news =
        CompletableFuture.supplyAsync(() -> {
          try {
            return house().bundle(FakeHouse.AUTHORITY, before.sequence(), Duration.ofSeconds(60));
          } catch (HouseException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    behind.start();
    assertThat(news.get()).contains(behind.bundle());
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    long sequence = behind.bundle().sequence();
    var ended = new CompletableFuture<String>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                house().bundle(FakeHouse.AUTHORITY, sequence, Duration.ofSeconds(60));
                ended.complete("answered");
              } catch (HouseException e) {
                ended.completeExceptionally(e);
              } catch (InterruptedException e) {
                ended.complete("interrupted");
              }
            });
    thread.interrupt();
    assertThat(ended.get()).isEqualTo("interrupted");
  }

  @Test
  void anUnknownAuthorityIsRefusedByName() {
    assertThatThrownBy(() -> house().bundle(new AuthorityName("nope"), 0, Duration.ofSeconds(60)))
        .isInstanceOfSatisfying(
            HouseException.Refused.class, e -> assertThat(e.code()).isEqualTo("unknown-authority"))
        .hasMessageContaining("no authority 'nope'")
        .hasMessageContaining("look at the test");
  }

  @Test
  void aTokenLetsAHostIn() throws Exception {
    var token = EnrolmentToken.create();
    var membership = FakeHouse.membership(Role.PRESENTS_CLIENT);
    behind.open(token, membership);
    var in = new Enrolled(WEB, List.of(membership));
    assertThat(Enrolment.enrol(house(), identity, token, Instant::now)).isEqualTo(in);
    assertThat(Enrolment.enrol(house(), identity, token, Instant::now)).isEqualTo(in);
    assertThat(house().request(request(OwnCredential.newKey(), identity)).profile())
        .isEqualTo(Profile.CLIENT);
  }

  @Test
  void anotherTokenDoesNot() {
    behind.open(EnrolmentToken.create(), FakeHouse.membership(Role.PRESENTS_CLIENT));
    assertThatThrownBy(
            () -> Enrolment.enrol(house(), identity, EnrolmentToken.create(), Instant::now))
        .isInstanceOf(HouseException.Refused.class);
  }

  @Test
  void aCredentialIsHandedOut() throws Exception {
    behind.enrol(identity, FakeHouse.membership(Role.PRESENTS_CLIENT));
    KeyPair key = OwnCredential.newKey();
    Credential issued = house().request(request(key, identity));
    var wanted =
        new Admission.Wanted(WEB, new Use(Format.X509, Profile.CLIENT), key, Optional.empty());
    OwnCredential own = Admission.admit(wanted, Trust.of(behind.bundle()), issued, Instant.now());
    assertThat(own.generation()).isEqualTo(1);
  }

  @Test
  void aForgedRequestIsRefused() {
    behind.enrol(identity, FakeHouse.membership(Role.PRESENTS_CLIENT));
    var forger = Identity.create(WEB);
    assertThatThrownBy(() -> house().request(request(OwnCredential.newKey(), forger)))
        .isInstanceOf(HouseException.Refused.class)
        .hasMessageContaining("not signed by its participant");
  }

  @Test
  void reportsAreTaken() throws Exception {
    behind.enrol(identity, FakeHouse.membership(Role.VERIFIES));
    var reporting = new Reporting(identity, house(), new ReportCounter(Instant::now), Memory.NONE);
    reporting.report(
        new Material(WEB, Trust.of(behind.bundle()), Optional.empty()),
        List.of(Format.X509),
        Reporting.Remarks.NONE);
    assertThat(behind.gateHolds()).isTrue();
  }
}
