package io.carousel.e2e.kills;

import io.carousel.agent.HouseException;
import io.carousel.agent.Identity;
import io.carousel.agent.certificate.CertificationRequest;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.Statements;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One participant that asks for certificates without pause. */
final class Requests implements AutoCloseable {
  private static final long PAUSE_MILLIS = 80;

  private final Identity identity;
  private final AuthorityName authority;
  private final Acknowledged house;
  private final KeyPair key = key();
  private final Map<String, Integer> unanswered = new ConcurrentHashMap<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  Requests(Identity identity, AuthorityName authority, Acknowledged house) {
    this.identity = identity;
    this.authority = authority;
    this.house = house;
    this.thread = Thread.ofVirtual().start(this::run);
  }

  private static KeyPair key() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private void run() {
    try {
      while (!stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        try {
          house.request(request());
        } catch (HouseException e) {
          unanswered.merge(String.valueOf(e.getMessage()), 1, Integer::sum);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CredentialRequest request() throws HouseException, InterruptedException {
    Bytes csr = CertificationRequest.of(identity.name(), key);
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    byte[] statement =
        Statements.credentialRequest(
            house.id(),
            identity.name(),
            authority,
            Format.X509,
            Profile.CLIENT,
            csr,
            List.of(),
            now);
    return new CredentialRequest(
        identity.name(),
        authority,
        Format.X509,
        Profile.CLIENT,
        csr,
        List.of(),
        now,
        identity.sign(statement));
  }

  /** How many calls failed for which reason, as some must while nobody serves. */
  Map<String, Integer> unanswered() {
    return unanswered;
  }

  @Override
  public void close() throws InterruptedException {
    stop.countDown();
    thread.join(Duration.ofMinutes(2));
  }
}
