package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.AuthorityEvent.CredentialsRevoked;
import io.carousel.events.AuthorityEvent.GenerationDistrusted;
import io.carousel.events.AuthorityEvent.RollbackStarted;
import io.carousel.events.AuthorityEvent.RolledBack;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityEvent.ServersUpdating;
import io.carousel.events.AuthorityEvent.SlotJoined;
import io.carousel.events.AuthorityEvent.SlotLeaving;
import io.carousel.events.AuthorityEvent.SlotLeft;
import io.carousel.events.Breakage;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.GateEvidence;
import io.carousel.events.HouseEvent.SlotLost;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.events.TrustBundle;
import io.carousel.orchestrator.rules.Evidence.Issued;
import io.carousel.orchestrator.rules.FakeFleet.Member;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A fleet whose members act when chance lets them: each asks for a bundle or a credential, takes up
 * what it got some time later, and does nothing else in between, as an agent does one thing at a
 * time.
 */
final class SimulatedFleet {
  private static final List<List<Role>> ROLES =
      List.of(
          List.of(Role.VERIFIES),
          List.of(Role.PRESENTS_CLIENT, Role.VERIFIES),
          List.of(Role.PRESENTS_SERVER, Role.VERIFIES),
          List.of(Role.PRESENTS_CLIENT),
          List.of(Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER, Role.VERIFIES));

  private final Story story;
  private final FakeFleet fleet;
  private final Random random;
  private final Map<Member, List<Issued>> credentialInHand = new HashMap<>();
  private final Map<Member, TrustBundle> bundleInHand = new HashMap<>();
  private final Set<Serial> abandonedCredentials = new HashSet<>();
  private final Map<ParticipantName, Long> abandonedAt = new HashMap<>();
  private int enrolments;

  SimulatedFleet(Story story, String authority, Random random) {
    this.story = story;
    this.fleet = new FakeFleet(story, authority);
    this.random = random;
  }

  FakeFleet fleet() {
    return fleet;
  }

  /** Somebody comes, goes, comes back, or changes its roles. */
  void changes() {
    List<Member> members = fleet.members();
    if (members.isEmpty() || random.nextInt(4) == 0) {
      if (members.size() < 8) {
        String name = "%s-%d".formatted(fleet.name(), ++enrolments);
        fleet.enrol(name, anyRoles().toArray(Role[]::new));
      }
      return;
    }
    Member member = any(members);
    if (random.nextInt(6) == 0) {
      fleet.enrolByToken(member.name().value(), anyRoles());
    } else if (!member.enrolled()) {
      fleet.admit(member);
    } else if (random.nextInt(3) == 0) {
      fleet.remove(member);
    } else {
      fleet.changes(member, anyRoles());
    }
  }

  /** One member does one thing. */
  void acts() {
    List<Member> members = fleet.members();
    if (members.isEmpty()) {
      return;
    }
    Member member = any(members);
    if (bundleInHand.containsKey(member)) {
      member.follows(bundleInHand.remove(member));
    } else if (credentialInHand.containsKey(member)) {
      member.takesUp(credentialInHand.remove(member));
    } else if (member.enrolled()) {
      starts(member);
    }
  }

  private void starts(Member member) {
    if (bundle().number() == 0) {
      return;
    }
    switch (random.nextInt(5)) {
      case 0 -> bundleInHand.put(member, bundle());
      case 1 -> credentialInHand.put(member, member.asks());
      case 2 -> member.bundle().ifPresent(_ -> member.reports());
      case 3 -> member.stops();
      default -> keepsUp(member);
    }
  }

  /** Everybody who is there does all that is asked. */
  void keepsUp() {
    fleet.members().stream().filter(Member::enrolled).forEach(this::keepsUp);
  }

  /** Everybody but those does all that is asked. */
  void keepsUpBut(List<ParticipantName> behind) {
    fleet.members().stream()
        .filter(m -> m.enrolled() && !behind.contains(m.name()))
        .forEach(this::keepsUp);
  }

  /** There is somebody who presents, and somebody who verifies. */
  void isNotAlone() {
    while (fleet.members().stream().filter(Member::enrolled).count() < 3
        && fleet.members().size() < 8) {
      fleet.enrol("%s-%d".formatted(fleet.name(), ++enrolments), anyRoles().toArray(Role[]::new));
    }
  }

  /** One is behind, and says so; everybody else does all that is asked. */
  void allButOneKeepUp() {
    List<Member> members = fleet.members().stream().filter(Member::enrolled).toList();
    if (members.isEmpty()) {
      return;
    }
    Member behind = any(members);
    keepsUpBut(List.of(behind.name()));
    if (behind.bundle().isPresent()) {
      behind.reports();
    }
  }

  private void keepsUp(Member member) {
    bundleInHand.remove(member);
    credentialInHand.remove(member);
    if (bundle().number() > 0) {
      member.keepsUp();
    }
  }

  /** Who was heard within its lease. */
  Set<ParticipantName> heard() {
    Evidence evidence = fleet.evidence();
    return evidence.shown().keySet().stream()
        .filter(name -> evidence.isHeard(name, authority().policy().lease()))
        .collect(Collectors.toSet());
  }

  /**
   * A step was taken. Nothing is promised any more for what those hold and trust now whom it breaks
   * by name; nor for those who were abandoned and had not been heard within their lease. Who was
   * heard, and is not named, must not break, abandoned or not.
   */
  void leftBehind(Event step, Set<ParticipantName> heard) {
    var excused = new HashSet<ParticipantName>();
    breaks(step).forEach(b -> excused.add(b.participant()));
    evidence(step).stream()
        .flatMap(e -> e.abandoned().stream())
        .filter(name -> !heard.contains(name))
        .forEach(excused::add);
    long sequence = story.house().sequence();
    excused.forEach(name -> abandonedAt.put(name, sequence));
    fleet.issued().stream()
        .filter(c -> excused.contains(c.holder()))
        .forEach(c -> abandonedCredentials.add(c.serial()));
  }

  private static List<Breakage> breaks(Event step) {
    return switch (step) {
      case RollbackStarted e -> e.breaks();
      case SlotLeaving e -> e.breaks();
      case SlotLost e -> e.breaks();
      case CredentialsRevoked e -> e.breaks();
      default -> evidence(step).stream().flatMap(e -> e.breaks().stream()).toList();
    };
  }

  private static Optional<GateEvidence> evidence(Event step) {
    return switch (step) {
      case ClientsUpdating e -> Optional.of(e.evidence());
      case ServersUpdating e -> Optional.of(e.evidence());
      case RotationCompleted e -> Optional.of(e.evidence());
      case RolledBack e -> Optional.of(e.evidence());
      case GenerationDistrusted e -> Optional.of(e.evidence());
      case SlotJoined e -> Optional.of(e.evidence());
      case SlotLeft e -> Optional.of(e.evidence());
      default -> Optional.empty();
    };
  }

  /** Whatever anybody may present is trusted by whoever may be asked. */
  void noHandshakeFails(Instant now) {
    for (Member verifier : fleet.members()) {
      if (verifier.serves() && !isLeftBehind(verifier)) {
        Set<Digest> trusted = verifier.trusts();
        Stream.concat(fleet.members().stream(), fleet.lost().stream())
            .filter(presenter -> presenter != verifier)
            .flatMap(presenter -> presenter.presents().stream())
            .filter(c -> c.notAfter().isAfter(now))
            .filter(c -> !abandonedCredentials.contains(c.serial()))
            .filter(c -> !authority().isRevoked(c.serial()))
            .filter(c -> !trusted.contains(c.issuerKey()))
            .findFirst()
            .ifPresent(c -> fails(c, verifier));
      }
    }
  }

  private void fails(Issued credential, Member verifier) {
    throw new AssertionError(
        "%s presents generation %d to %s, which follows bundle %s, in %s"
            .formatted(
                credential.holder(),
                credential.generation(),
                verifier.name(),
                verifier.bundle().map(TrustBundle::number),
                authority().phase()));
  }

  private boolean isLeftBehind(Member verifier) {
    return Optional.ofNullable(abandonedAt.get(verifier.name()))
        .filter(at -> verifier.bundle().orElseThrow().sequence() < at)
        .isPresent();
  }

  private TrustBundle bundle() {
    return Bundles.of(authority());
  }

  private Authority authority() {
    return story.house().authority(fleet.name()).orElseThrow();
  }

  private List<Role> anyRoles() {
    return ROLES.get(random.nextInt(ROLES.size()));
  }

  private Member any(List<Member> members) {
    return members.get(random.nextInt(members.size()));
  }
}
