package io.carousel.agent.output;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.Material;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Trust;
import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.Certificates;
import io.carousel.agent.certificate.SoftwareCa;
import io.carousel.events.Credential;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Optional;

/** What participants of a fake house would put to work. */
final class Materials {
  static final ParticipantName WEB = new ParticipantName("web-1");

  private Materials() {}

  /** Its bundle, with a new server credential by that generation. */
  static Material of(FakeHouse house, int generation) throws Exception {
    SoftwareCa ca = house.cas(generation).getFirst();
    KeyPair key = OwnCredential.newKey();
    Instant now = Instant.now();
    Credential issued =
        ca.issue(
            WEB,
            Profile.SERVER,
            key.getPublic(),
            now.minusSeconds(60),
            now.plusSeconds(3600),
            house.bundle().number());
    return new Material(
        WEB,
        Trust.of(house.bundle()),
        Optional.of(
            new X509Credential(
                Profile.SERVER,
                issued.serial(),
                generation,
                ca.trusted().key(),
                Certificates.read(issued.content()),
                key.getPrivate())));
  }
}
