package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.HouseId;
import io.carousel.events.LogTime;
import io.carousel.events.ParticipantName;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SlotName;
import io.carousel.events.seal.KnownAuthor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/**
 * The state of everything: what the log says so far. A value; the same log gives the same house.
 *
 * @param id empty before the founding
 * @param sequence of the last event in it
 * @param time of the last event, and what the events tell of clocks
 * @param term how often an owner took over
 * @param grants of enrolment tokens that are open, or ended lately
 * @param outbox every key command without an answer; given out until answered
 * @param failures time-driven work that failed and is tried again, by {@link DueFailure#key}
 * @param withheld which identities get no more credentials of which authority, by {@link
 *     Withheld#key}
 * @param ended key commands that were answered or called off, and of which slot: those of the last
 *     {@link #REMEMBERED}, so that a late answer is told from one that nobody ordered
 */
public record House(
    Optional<HouseId> id,
    long sequence,
    LogTime time,
    int featureLevel,
    long term,
    SortedMap<AuthorName, KnownAuthor> authors,
    SortedMap<SlotName, Slot> slots,
    SortedMap<AuthorityName, Authority> authorities,
    SortedMap<ParticipantName, Participant> participants,
    SortedMap<EnrolmentTokenId, Grant> grants,
    SortedMap<CommandId, KeyCommand> outbox,
    SortedMap<String, DueFailure> failures,
    SortedMap<String, Withheld> withheld,
    SortedMap<CommandId, SlotName> ended) {

  /** How long an ended command is known: a day longer than Kafka keeps it. */
  static final Duration REMEMBERED = Duration.ofDays(31);

  /** Before the first event. */
  public static final House EMPTY =
      new House(
          Optional.empty(),
          0,
          LogTime.START,
          0,
          0,
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty());

  /** Keeps the maps in persistent ones, so that a change costs no copy of all. */
  public House {
    authors = persistent(authors);
    slots = persistent(slots);
    authorities = persistent(authorities);
    participants = persistent(participants);
    grants = persistent(grants);
    outbox = persistent(outbox);
    failures = persistent(failures);
    withheld = persistent(withheld);
    ended = persistent(ended);
  }

  /** The time of the last event. */
  public Instant clock() {
    return time.now();
  }

  static <K extends Comparable<? super K>, V> TreePMap<K, V> persistent(SortedMap<K, V> map) {
    return map instanceof TreePMap<K, V> already ? already : TreePMap.from(map);
  }

  /** That authority. */
  public Optional<Authority> authority(AuthorityName name) {
    return Optional.ofNullable(authorities.get(name));
  }

  /** That participant. */
  public Optional<Participant> participant(ParticipantName name) {
    return Optional.ofNullable(participants.get(name));
  }

  /** Every member of that authority's fleet, by name. */
  public Stream<Participant> fleet(AuthorityName authority) {
    return participants.values().stream().filter(p -> p.membership(authority).isPresent());
  }

  /** What the holder of that token may do; empty if it is unknown, or ended long before then. */
  public Optional<Grant> grant(EnrolmentTokenId token, Instant now) {
    return Optional.ofNullable(grants.get(token)).filter(g -> g.isKnown(now));
  }

  /** Why that identity gets no credentials of that authority; empty if it may. */
  public Optional<Withheld> withheld(Digest identity, AuthorityName authority) {
    // By its credentials of the house's own authority a host is known to all.
    return Stream.of(authority, AuthorityName.BUILT_IN)
        .flatMap(name -> Optional.ofNullable(withheld.get(Withheld.key(identity, name))).stream())
        .findFirst();
  }

  House withholding(List<Withheld> more) {
    TreePMap<String, Withheld> all = persistent(withheld);
    for (Withheld one : more) {
      all = all.plus(one.key(), one);
    }
    return withWithheld(all);
  }

  /** What was withheld of that identity is not any more. */
  House readmitted(Digest identity) {
    TreePMap<String, Withheld> all = persistent(withheld);
    for (Withheld one : withheld.values()) {
      if (one.identity().equals(identity)) {
        all = all.minus(one.key());
      }
    }
    return withWithheld(all);
  }

  private House withWithheld(SortedMap<String, Withheld> next) {
    return new House(
        id,
        sequence,
        time,
        featureLevel,
        term,
        authors,
        slots,
        authorities,
        participants,
        grants,
        outbox,
        failures,
        next,
        ended);
  }

  House at(long next, LogTime then) {
    return new House(
        id,
        next,
        then,
        featureLevel,
        term,
        authors,
        slots,
        authorities,
        participants,
        grants,
        outbox,
        failures,
        withheld,
        ended);
  }

  House founded(HouseId house, int level) {
    return new House(
        Optional.of(house),
        sequence,
        time,
        level,
        term,
        authors,
        slots,
        authorities,
        participants,
        grants,
        outbox,
        failures,
        withheld,
        ended);
  }

  House inTerm(long next) {
    return new House(
        id,
        sequence,
        time,
        featureLevel,
        next,
        authors,
        slots,
        authorities,
        participants,
        grants,
        outbox,
        failures,
        withheld,
        ended);
  }

  House withAuthors(SortedMap<AuthorName, KnownAuthor> next) {
    return new House(
        id,
        sequence,
        time,
        featureLevel,
        term,
        next,
        slots,
        authorities,
        participants,
        grants,
        outbox,
        failures,
        withheld,
        ended);
  }

  House with(Slot slot) {
    return new House(
        id,
        sequence,
        time,
        featureLevel,
        term,
        authors,
        persistent(slots).plus(slot.name(), slot),
        authorities,
        participants,
        grants,
        outbox,
        failures,
        withheld,
        ended);
  }

  House without(Slot slot) {
    return new House(
        id,
        sequence,
        time,
        featureLevel,
        term,
        authors,
        persistent(slots).minus(slot.name()),
        authorities,
        participants,
        grants,
        outbox,
        failures,
        withheld,
        ended);
  }

  House with(Authority authority) {
    return new House(
        id,
        sequence,
        time,
        featureLevel,
        term,
        authors,
        slots,
        persistent(authorities).plus(authority.name(), authority),
        participants,
        grants,
        outbox,
        failures,
        withheld,
        ended);
  }

  House withParticipants(SortedMap<ParticipantName, Participant> next) {
    return new House(
        id,
        sequence,
        time,
        featureLevel,
        term,
        authors,
        slots,
        authorities,
        next,
        grants,
        outbox,
        failures,
        withheld,
        ended);
  }

  House with(Participant participant) {
    return withParticipants(persistent(participants).plus(participant.name(), participant));
  }

  House withGrants(SortedMap<EnrolmentTokenId, Grant> next) {
    return new House(
        id,
        sequence,
        time,
        featureLevel,
        term,
        authors,
        slots,
        authorities,
        participants,
        next,
        outbox,
        failures,
        withheld,
        ended);
  }

  House asks(KeyCommand command) {
    if (outbox.containsKey(command.command())) {
      throw new IllegalStateException("command %s was given twice".formatted(command.command()));
    }
    return withOutbox(persistent(outbox).plus(command.command(), command), ended);
  }

  House answered(CommandId command) {
    KeyCommand asked = outbox.get(command);
    return asked == null
        ? this
        : withOutbox(persistent(outbox).minus(command), remembered().plus(command, asked.slot()));
  }

  /** Without those of which nothing more can come. */
  private TreePMap<CommandId, SlotName> remembered() {
    TreePMap<CommandId, SlotName> known = persistent(ended);
    Instant from = clock().minus(REMEMBERED);
    while (!known.isEmpty() && known.firstKey().madeAt().isBefore(from)) {
      known = known.minus(known.firstKey());
    }
    return known;
  }

  private House withOutbox(
      SortedMap<CommandId, KeyCommand> next, SortedMap<CommandId, SlotName> over) {
    return new House(
        id,
        sequence,
        time,
        featureLevel,
        term,
        authors,
        slots,
        authorities,
        participants,
        grants,
        next,
        failures,
        withheld,
        over);
  }

  House failing(DueFailure failure) {
    return withFailures(persistent(failures).plus(failure.key(), failure));
  }

  House resumed(String key) {
    return withFailures(persistent(failures).minus(key));
  }

  private House withFailures(SortedMap<String, DueFailure> next) {
    return new House(
        id,
        sequence,
        time,
        featureLevel,
        term,
        authors,
        slots,
        authorities,
        participants,
        grants,
        outbox,
        next,
        withheld,
        ended);
  }
}
