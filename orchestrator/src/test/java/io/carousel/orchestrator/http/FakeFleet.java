package io.carousel.orchestrator.http;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.External;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Participant;
import io.carousel.orchestrator.rules.Phase;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Participants that show whatever a gate asks of them, or nothing. One thread at a time. */
final class FakeFleet {
  private final Set<ParticipantName> showing = new HashSet<>();

  void shows(ParticipantName participant) {
    showing.add(participant);
  }

  void fallsSilent() {
    showing.clear();
  }

  /** What a gate of that authority finds. */
  Evidence evidence(House house, AuthorityName name, Instant now) {
    Authority a = house.authority(name).orElseThrow();
    int target =
        switch (a.phase()) {
          case Phase.Creating p -> p.first();
          case Phase.Standby p -> p.active();
          case Phase.Init p -> p.successor();
          case Phase.UpdateClients p -> p.successor();
          case Phase.UpdateServers p -> p.successor();
          case Phase.Rollback p -> p.active();
          case Phase.Joining p -> p.active();
          case Phase.Leaving p -> p.active();
        };
    var newest = new HashMap<ParticipantName, Evidence.Shown>();
    house
        .fleet(name)
        .filter(p -> showing.contains(p.name()))
        .forEach(p -> newest.put(p.name(), shown(a, p, target, now)));
    return new Evidence(newest, List.of(), List.of(), now);
  }

  private static Evidence.Shown shown(Authority a, Participant p, int generation, Instant now) {
    var keys = new HashSet<Digest>();
    a.inForce().trusted().forEach(t -> keys.add(t.key().publicKey().digest()));
    a.external()
        .filter(External::trustsRoot)
        .ifPresent(e -> {
          keys.clear();
          keys.add(e.key());
        });
    Digest issuer = a.inForce().signers(generation, Format.X509).getFirst().publicKey().digest();
    Optional<Profile> profile =
        p.membership(a.name()).orElseThrow().profiles(Format.X509).stream().findFirst();
    return new Evidence.Shown(
        7,
        a.bundle(),
        a.challenge(),
        keys,
        profile
            .map(x -> new Evidence.ShownCredential(Format.X509, x, new Serial("1"), issuer))
            .stream()
            .toList(),
        now);
  }
}
