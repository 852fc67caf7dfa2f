package io.carousel.orchestrator.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Format;
import io.carousel.events.HouseEvent;
import io.carousel.events.OperatorAct;
import io.carousel.events.SigningCommand;
import io.carousel.events.Suite;
import io.carousel.events.seal.Recorded;
import io.carousel.events.topics.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Small rules to test the log by: the state is every slot in the order of registration; a slot is
 * registered once; one whose name begins with {@code busy} wants a key for ever.
 */
final class Slots implements Judge<List<String>> {
  /** What it was asked, in order, by whichever owner. */
  final ConcurrentLinkedQueue<Asked> judged = new ConcurrentLinkedQueue<>();

  /** What it said to acts, likewise. */
  final ConcurrentLinkedQueue<Verdict> verdicts = new ConcurrentLinkedQueue<>();

  /** How often it was told of an event. */
  final AtomicInteger evolved = new AtomicInteger();

  volatile Optional<Instant> due = Optional.empty();

  @Override
  public List<String> initial() {
    return List.of();
  }

  @Override
  public List<String> evolve(List<String> state, Recorded event) {
    evolved.incrementAndGet();
    if (event.event() instanceof HouseEvent.SlotRegistered registered) {
      var more = new ArrayList<>(state);
      more.add(registered.slot().value());
      return List.copyOf(more);
    }
    return state;
  }

  @Override
  public Verdict judge(List<String> staged, Asked asked, Instant now) {
    judged.add(asked);
    Verdict verdict = verdict(staged, asked, now);
    verdicts.add(verdict);
    return verdict;
  }

  private static Verdict verdict(List<String> staged, Asked asked, Instant now) {
    return switch (asked.act()) {
      case OperatorAct.RegisterSlot r when r.custody().equals("fault") ->
          throw new IllegalStateException("a fault on purpose");
      case OperatorAct.RegisterSlot r when staged.contains(r.slot().value()) ->
          Verdict.of(
              new HouseEvent.ActRefused("register-slot", "slot-exists", r.slot() + " exists", now));
      case OperatorAct.RegisterSlot r -> registered(r, now);
      case OperatorAct.EnrolAuthor e ->
          Verdict.of(
              new HouseEvent.AuthorEnrolled(
                  e.author(), e.role(), e.slot(), e.publicKey(), e.by(), now));
      case OperatorAct.RemoveAuthor r ->
          Verdict.of(new HouseEvent.AuthorRemoved(r.author(), r.reason(), r.by(), now));
      default -> Verdict.of();
    };
  }

  private static Verdict registered(OperatorAct.RegisterSlot r, Instant now) {
    var event = new HouseEvent.SlotRegistered(r.slot(), r.module(), r.custody(), r.by(), now);
    List<Outgoing> outgoing =
        r.slot().value().startsWith("busy") ? List.of(wanted(r.slot().value())) : List.of();
    return Verdict.of(List.of(event), outgoing);
  }

  @Override
  public List<Outgoing> pending(List<String> state) {
    return state.stream().filter(s -> s.startsWith("busy")).map(Slots::wanted).toList();
  }

  private static Outgoing wanted(String slot) {
    var name = new io.carousel.events.SlotName(slot);
    CommandId id = CommandId.of(Instant.EPOCH, Arrays.copyOf(slot.getBytes(UTF_8), 10));
    return Outgoing.of(
        Topic.KEYS.of(name),
        null,
        id.value(),
        new SigningCommand.GenerateKey(
            id, 1, new AuthorityName("db"), 1, name, Format.X509, Suite.ECDSA_P256));
  }

  @Override
  public Optional<Instant> nextDue(List<String> state) {
    return due;
  }

  static final SnapshotCodec<List<String>> CODEC =
      new SnapshotCodec<>() {
        @Override
        public byte[] write(List<String> state) {
          return String.join("\n", state).getBytes(UTF_8);
        }

        @Override
        public List<String> read(byte[] bytes) {
          return new String(bytes, UTF_8).lines().toList();
        }
      };
}
