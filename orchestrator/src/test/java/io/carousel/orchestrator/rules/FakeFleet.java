package io.carousel.orchestrator.rules;

import io.carousel.events.Act;
import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.NamePattern;
import io.carousel.events.OperatorAct.CreateEnrolmentToken;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.events.TrustBundle;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.orchestrator.rules.Evidence.Issued;
import io.carousel.orchestrator.rules.Evidence.Shown;
import io.carousel.orchestrator.rules.Evidence.ShownCanary;
import io.carousel.orchestrator.rules.Evidence.ShownCredential;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Participants of one authority, who do what agents do, when a test lets them. */
final class FakeFleet {
  static final Serial CANARY = new Serial("ca");

  private final Story story;
  private final AuthorityName authority;
  private final Map<ParticipantName, Member> members = new LinkedHashMap<>();
  private final Map<ParticipantName, Shown> shown = new HashMap<>();
  private final List<Issued> issued = new ArrayList<>();
  private final List<Member> lost = new ArrayList<>();
  private long serials;
  private int tokens;

  FakeFleet(Story story, String authority) {
    this.story = story;
    this.authority = new AuthorityName(authority);
    story.shows(authority, this::evidence);
  }

  /** One participant. */
  final class Member {
    private final ParticipantName name;
    private String identity;
    private Membership membership;
    private Optional<TrustBundle> bundle = Optional.empty();
    private List<Issued> presents = List.of();
    private List<ShownCanary> tried = List.of();
    private boolean enrolled = true;
    private long counter;

    private Member(ParticipantName name, Membership membership) {
      this.name = name;
      this.identity = name.value();
      this.membership = membership;
    }

    ParticipantName name() {
      return name;
    }

    Membership membership() {
      return membership;
    }

    /** The keys it trusts; none before its first bundle. */
    Set<Digest> trusts() {
      Optional<Digest> root =
          authority().external().filter(External::trustsRoot).map(External::key);
      return bundle.stream()
          .flatMap(b ->
              b.trusted().stream()
                  .filter(k -> membership.formats().contains(k.format()))
                  .map(k -> k.format() == Format.X509 ? root.orElse(k.key()) : k.key()))
          .collect(Collectors.toSet());
    }

    boolean enrolled() {
      return enrolled;
    }

    /** Whether others may ask it to verify. */
    boolean serves() {
      return enrolled && bundle.isPresent() && membership.has(Role.VERIFIES);
    }

    Optional<TrustBundle> bundle() {
      return bundle;
    }

    List<Issued> presents() {
      return presents;
    }

    /** Takes up the bundle in force. */
    void follows() {
      follows(Bundles.of(authority()));
    }

    void follows(TrustBundle next) {
      int generation = authority().phase().canaryGeneration();
      boolean verifies =
          membership.has(Role.VERIFIES) && membership.formats().contains(Format.X509);
      if (verifies
          && holds(next, generation)
          && bundle.filter(b -> !holds(b, generation)).isPresent()) {
        tried = List.of(new ShownCanary(generation, CANARY, true));
      }
      bundle = Optional.of(next);
    }

    private static boolean holds(TrustBundle bundle, int generation) {
      return bundle.trusted().stream().anyMatch(k -> k.generation() == generation);
    }

    /** Presents fresh credentials, of the generation that the phase has for each. */
    void renews() {
      takesUp(asks());
    }

    void takesUp(List<Issued> credentials) {
      if (!credentials.isEmpty()) {
        presents = List.copyOf(credentials);
      }
    }

    /** Asks for a credential of each format and profile, which exist from here on. */
    List<Issued> asks() {
      return membership.formats().stream()
          .flatMap(f -> membership.profiles(f).stream().flatMap(p -> asks(f, p).stream()))
          .toList();
    }

    private Optional<Issued> asks(Format format, Profile profile) {
      int generation = Bundles.of(authority()).generationFor(profile);
      return generation == 0
          ? Optional.empty()
          : Optional.of(issue(this, format, profile, generation));
    }

    void reports() {
      TrustBundle b = bundle.orElseThrow();
      Instant now = story.now();
      var proven =
          presents.stream()
              .filter(c -> c.notAfter().isAfter(now))
              .map(c -> new ShownCredential(c.format(), c.profile(), c.serial(), c.issuerKey()))
              .toList();
      shown.put(
          name,
          new Shown(
              ++counter,
              b.number(),
              b.challenge(),
              trusts(),
              proven,
              tried,
              Optional.empty(),
              Optional.empty(),
              now));
    }

    /** All of that. */
    void keepsUp() {
      follows();
      renews();
      reports();
    }

    void stops() {
      presents = List.of();
    }

    Shown report() {
      return shown.get(name);
    }

    void report(Shown other) {
      shown.put(name, other);
    }
  }

  /** Enrols a member. */
  Member enrol(String name, Role... roles) {
    return enrol(name, new Membership(authority, List.of(roles)));
  }

  Member enrol(String name, Membership membership) {
    var participant = new ParticipantName(name);
    var member = new Member(participant, membership);
    story.accept(enrolment(member));
    members.put(participant, member);
    return member;
  }

  /** It is enrolled again, with other roles; as a new verifier it serves once it follows. */
  void changes(Member member, List<Role> roles) {
    if (!member.membership.has(Role.VERIFIES) && roles.contains(Role.VERIFIES)) {
      member.bundle = Optional.empty();
    }
    boolean less = !roles.containsAll(member.membership.roles());
    member.membership = new Membership(authority, roles);
    EnrolParticipant same = enrolment(member);
    story.accept(
        new EnrolParticipant(
            same.participant(),
            same.identityKey(),
            same.memberships(),
            same.by(),
            less ? breaking(member.name) : List.of()));
  }

  /** It is removed; what it holds it goes on presenting. */
  void remove(Member member) {
    story.accept(removal(member.name.value()));
    member.enrolled = false;
  }

  RemoveParticipant removal(String name) {
    var participant = new ParticipantName(name);
    return new RemoveParticipant(participant, "scrapped", "p-1", breaking(participant));
  }

  /** Just that one, if it was heard within its lease. */
  List<ParticipantName> breaking(ParticipantName name) {
    return evidence().isHeard(name, authority().policy().lease()) ? List.of(name) : List.of();
  }

  /** The same machine is enrolled again, and serves once it follows. */
  void admit(Member member) {
    story.accept(enrolment(member));
    member.enrolled = true;
    member.bundle = Optional.empty();
  }

  /** Another machine is enrolled under the name of one that was removed. */
  void replace(Member member) {
    member.identity += " anew";
    member.presents = List.of();
    member.tried = List.of();
    shown.remove(member.name);
    admit(member);
  }

  private EnrolParticipant enrolment(Member member) {
    return new EnrolParticipant(
        member.name, Story.identity(member.identity), List.of(member.membership), "p-1");
  }

  /** It comes by a token of its own, in place of whoever has its name. */
  Member enrolByToken(String name, List<Role> roles) {
    var participant = new ParticipantName(name);
    var membership = new Membership(authority, roles);
    var member = new Member(participant, membership);
    member.identity += " by token " + ++tokens;
    var token = EnrolmentToken.create();
    story.accept(
        new CreateEnrolmentToken(
            token.publicKey(),
            new NamePattern(name),
            List.of(membership),
            1,
            true,
            Duration.ofHours(1),
            "p-1"));
    // The rules never go back behind the last event, whatever the owner's clock says.
    Instant now = story.house().clock();
    story.accept(
        new Act.EnrolByToken(
            Story.asks(
                story.house().id().orElseThrow(), token, name, member.identity, later(now))));
    Optional.ofNullable(members.put(participant, member)).ifPresent(lost::add);
    shown.remove(participant);
    return member;
  }

  /** Whose names others took; what they hold they go on presenting. */
  List<Member> lost() {
    return List.copyOf(lost);
  }

  private Instant later(Instant clock) {
    return story.now().isAfter(clock) ? story.now() : clock;
  }

  /** That member. */
  Member member(String name) {
    return members.get(new ParticipantName(name));
  }

  /** All of them. */
  List<Member> members() {
    return List.copyOf(members.values());
  }

  /** Everybody does what the phase asks. */
  void keepsUp() {
    members.values().forEach(Member::keepsUp);
  }

  /** Whose it is. */
  AuthorityName name() {
    return authority;
  }

  /** What a gate sees. */
  Evidence evidence() {
    Map<ParticipantName, Shown> known = new HashMap<>(shown);
    // Nothing is known of who was removed.
    known.keySet().removeIf(name -> story.house().participant(name).isEmpty());
    return new Evidence(known, issued, List.of(), story.now());
  }

  /** Every credential there ever was. */
  List<Issued> issued() {
    return issued;
  }

  private Authority authority() {
    return story.authority(authority.value());
  }

  private Issued issue(Member holder, Format format, Profile profile, int generation) {
    Authority a = authority();
    List<Key.Ready> keys = a.inForce().signers(generation, format);
    Key.Ready key = keys.get((int) (serials % keys.size()));
    var credential =
        new Issued(
            holder.name,
            Story.identity(holder.identity).digest(),
            format,
            profile,
            Serial.of(BigInteger.valueOf(++serials)),
            key.publicKey().digest(),
            generation,
            key.slot(),
            story.now().plus(a.policy().leafLifetime()));
    issued.add(credential);
    return credential;
  }
}
