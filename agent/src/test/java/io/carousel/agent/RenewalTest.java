package io.carousel.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RenewalTest {
  private static final SoftwareSshCa CA = new SoftwareSshCa(1);

  private static KeyPair renewed(Renewal renewal, KeyPair first) throws Exception {
    var wanted =
        new Admission.Wanted(new ParticipantName("web-1"), renewal.use(), first, Optional.empty());
    OwnCredential own =
        Admission.admit(
            wanted,
            Trust.of(SoftwareSshCa.bundle(1, 1, CA)),
            CA.issue(renewal.use().profile(), first.getPublic(), 5),
            Instant.now());
    renewal.admitted(own);
    renewal.atWork(own);
    return renewal.key();
  }

  /** sshd opens key and certificate one after the other, for each connection. */
  @Test
  void aHostOfSshKeepsItsKey() throws Exception {
    var renewal = new Renewal(new Use(Format.SSH, Profile.SERVER), Habits.usual());
    KeyPair first = renewal.key();
    KeyPair second = renewed(renewal, first);
    assertThat(second.getPublic().getEncoded()).isEqualTo(first.getPublic().getEncoded());
    assertThat(second.getPrivate()).isEqualTo(first.getPrivate());
  }

  /** What is revoked may be so because others have the key. */
  @Test
  void aHostOfSshGetsAnotherKeyWhereItsIsRevoked() throws Exception {
    var renewal = new Renewal(new Use(Format.SSH, Profile.SERVER), Habits.usual());
    KeyPair first = renewal.key();
    renewed(renewal, first);
    OwnCredential held = renewal.held().orElseThrow();
    var revoked = new Revocation(held.serial(), Optional.empty(), Optional.empty());
    renewal.revoked(List.of(revoked));
    assertThat(renewal.isDue(Trust.of(SoftwareSshCa.bundle(1, 1, CA)))).isTrue();
    assertThat(renewal.key().getPublic()).isNotEqualTo(first.getPublic());
    KeyPair asked = renewal.key();
    renewal.revoked(List.of(revoked));
    assertThat(renewal.key()).as("until it is certified").isSameAs(asked);
  }

  @Test
  void anybodyElseGetsAnotherWithEachCredential() throws Exception {
    var renewal = new Renewal(new Use(Format.SSH, Profile.CLIENT), Habits.usual());
    KeyPair first = renewal.key();
    assertThat(renewal.key()).as("until it is certified").isSameAs(first);
    assertThat(renewed(renewal, first).getPublic()).isNotEqualTo(first.getPublic());
  }
}
