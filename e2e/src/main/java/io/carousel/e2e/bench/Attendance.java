package io.carousel.e2e.bench;

import io.carousel.agent.Habits;
import io.carousel.agent.Identity;
import io.carousel.agent.Participant;
import io.carousel.agent.Standing;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.tls.HouseTls;
import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** Participants of a node over TLS, each with a credential of the node's own authority. */
final class Attendance {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final List<Membership> MEMBERSHIPS =
      List.of(new Membership(AuthorityName.BUILT_IN, List.of(Role.PRESENTS_CLIENT, Role.VERIFIES)));
  private static final Habits HABITS =
      new Habits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofMillis(1),
          InstantSource.system(),
          new SecureRandom());

  private Attendance() {}

  /** What so many of them show; they do nothing else by themselves any more. */
  static List<SSLContext> of(HttpNode node, HouseCalls calls, int count)
      throws IOException, InterruptedException {
    Set<Digest> pins = HttpNode.pins(calls);
    var shown = new ArrayList<SSLContext>();
    for (int i = 0; i < count; i++) {
      Identity identity = Identity.create(new ParticipantName("host-" + i));
      calls.must(
          "/v1/participants",
          new WantedParticipant(
              identity.name(),
              identity.publicKey(),
              MEMBERSHIPS.stream().map(WantedMembership::of).toList()));
      shown.add(shown(node, identity, pins));
    }
    return shown;
  }

  private static SSLContext shown(HttpNode node, Identity identity, Set<Digest> pins)
      throws InterruptedException {
    var tls = new HouseTls(pins);
    try (var house = new HttpHouse(node.listener(), tls);
        var participant = Participant.start(identity, MEMBERSHIPS, house, _ -> tls, HABITS)) {
      while (!isReady(participant.standing(AuthorityName.BUILT_IN))) {
        Thread.sleep(LOOK);
      }
    }
    return tls.context();
  }

  private static boolean isReady(Standing standing) {
    return standing.upToDate() && !standing.presents().isEmpty();
  }
}
