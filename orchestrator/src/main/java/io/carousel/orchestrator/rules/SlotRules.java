package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.Event;
import io.carousel.events.ExpectedKey;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.SlotFrozen;
import io.carousel.events.HouseEvent.SlotInspected;
import io.carousel.events.HouseEvent.SlotInspectionRequested;
import io.carousel.events.HouseEvent.SlotThawed;
import io.carousel.events.KeyId;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.ThawSlot;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SlotFinding;
import io.carousel.events.SlotFinding.Kind;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport.SeenKey;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.TokenInspected;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looking at tokens, and what is found there by comparison with the log. */
final class SlotRules {
  private SlotRules() {}

  static Decision decide(House house, InspectSlot act, Circumstances c) {
    Slot slot = house.slots().get(act.slot());
    if (slot == null) {
      return refuse(unknown(house, act.slot()));
    }
    return slot.asked().isPresent()
        ? refuse(new SlotRefusal.InspectionUnderway(act.slot()))
        : accept(request(house, act.slot(), act.by(), c));
  }

  static Decision decide(House house, ThawSlot act, Circumstances c) {
    Slot slot = house.slots().get(act.slot());
    if (slot == null) {
      return refuse(unknown(house, act.slot()));
    }
    if (slot.frozen().isEmpty()) {
      return refuse(new SlotRefusal.NotFrozen(act.slot()));
    }
    return act.reason().isBlank()
        ? refuse(new Refusal.ReasonMissing("thawing a slot"))
        : accept(new SlotThawed(act.slot(), act.reason(), act.by(), c.now()));
  }

  /** A suite that one of those slots cannot serve, as far as anybody has looked. */
  static Optional<Refusal> lacking(House house, List<SlotName> slots, List<FormatSuite> formats) {
    for (SlotName name : slots) {
      Optional<List<Suite>> known =
          Optional.ofNullable(house.slots().get(name))
              .flatMap(Slot::seen)
              .map(i -> i.report().suites());
      for (FormatSuite f : formats) {
        if (known.filter(suites -> !suites.contains(f.suite())).isPresent()) {
          return Optional.of(new SlotRefusal.SuiteLacking(name, f.suite(), known.get()));
        }
      }
    }
    return Optional.empty();
  }

  static SlotInspectionRequested request(House house, SlotName slot, String by, Circumstances c) {
    return new SlotInspectionRequested(
        slot, c.newCommand("inspect " + slot), expected(house, slot), by, c.now());
  }

  private static List<ExpectedKey> expected(House house, SlotName slot) {
    return keys(house, slot)
        .filter(k -> k.key() instanceof Key.Existing)
        .map(k -> {
          var key = (Key.Existing) k.key();
          return new ExpectedKey(key.id(), key.publicKey().digest(), k.suite());
        })
        .toList();
  }

  /** A key with the suite that it is of. */
  private record Known(Key key, Suite suite) {}

  private static Stream<Known> keys(House house, SlotName slot) {
    return keys(house).filter(k -> k.key().slot().equals(slot));
  }

  /** Every key that ever was in that slot, as far as the log knows. */
  static Stream<Key> keysIn(House house, SlotName slot) {
    return keys(house, slot).map(Known::key);
  }

  private static Stream<Known> keys(House house) {
    return house.authorities().values().stream()
        .flatMap(a ->
            Stream.concat(
                a.generations().values().stream()
                    .flatMap(g ->
                        g.keys().values().stream().map(k -> new Known(k, g.suite(k.format())))),
                a.surplus().values().stream()
                    .map(s ->
                        new Known(s.key(), a.generation(s.generation()).suite(s.key().format())))));
  }

  /** What was found, by comparison with the log; then, if all is well, what waited for it. */
  static Decision inspected(House house, TokenInspected act, Circumstances c) {
    if (!(house.outbox().get(act.answers()) instanceof InspectToken asked)
        || !asked.slot().equals(act.slot())) {
      return KeyRules.answered(house, act, c);
    }
    List<SlotFinding> findings = findings(house, asked, act);
    var events = new ArrayList<Event>();
    events.add(
        new SlotInspected(
            act.slot(), act.answers(), act.report(), findings, c.author().name(), c.now()));
    String alarm =
        findings.stream()
            .filter(f -> f.kind().freezes())
            .map(f -> "key %s: %s".formatted(f.key(), f.detail()))
            .limit(Refusal.FEW)
            .collect(Collectors.joining("; "));
    events.addAll(PolicyRules.tooNarrow(house, act, c));
    if (!alarm.isEmpty()) {
      events.add(new SlotFrozen(act.slot(), alarm, c.now()));
    } else if (house.slots().get(act.slot()).frozen().isEmpty()) {
      events.addAll(KeyEnds.afterInspection(house, act.slot(), c));
    }
    return new Decision.Accepted(events, List.of());
  }

  private static List<SlotFinding> findings(House house, InspectToken asked, TokenInspected act) {
    Map<KeyId, SeenKey> seen = new HashMap<>();
    act.report().keys().forEach(k -> seen.put(k.key(), k));
    var findings = new ArrayList<SlotFinding>();
    Set<KeyId> known = new HashSet<>();
    for (ExpectedKey expected : asked.expected()) {
      known.add(expected.key());
      about(house, act, expected, seen.get(expected.key())).ifPresent(findings::add);
      weak(expected, seen.get(expected.key())).ifPresent(findings::add);
    }
    List<Key> gone = keys(house).map(Known::key).filter(SlotRules::isGone).toList();
    // Adopted while the token was being looked at: neither expected nor unknown.
    keys(house, act.slot()).flatMap(k -> k.key().keyId().stream()).forEach(known::add);
    for (SeenKey key : act.report().keys()) {
      if (gone.stream().anyMatch(k -> is(k, act.slot(), key))) {
        findings.add(
            new SlotFinding(
                Kind.RETURNED,
                key.key(),
                "it was destroyed or given up, and is there again: was a backup restored?"));
      } else if (!known.contains(key.key())) {
        findings.add(
            new SlotFinding(
                Kind.UNKNOWN,
                key.key(),
                "the log knows no such %s key (SHA-256 %s)"
                    .formatted(key.suite(), key.publicKey().brief())));
      }
    }
    return findings;
  }

  private static boolean isGone(Key key) {
    return key instanceof Key.Destroyed || key instanceof Key.Unreachable;
  }

  /** By its public key in whatever slot it was; ids are given anew in each token. */
  private static boolean is(Key gone, SlotName slot, SeenKey seen) {
    return gone.publicKeyDigest().filter(seen.publicKey()::equals).isPresent()
        || (gone.slot().equals(slot) && gone.keyId().filter(seen.key()::equals).isPresent());
  }

  private static Optional<SlotFinding> about(
      House house, TokenInspected act, ExpectedKey expected, SeenKey seen) {
    if (seen == null) {
      // Destroyed in between, as the log says by now.
      boolean stands =
          keys(house, act.slot())
              .anyMatch(
                  k -> k.key() instanceof Key.Living living && living.id().equals(expected.key()));
      if (!stands) {
        return Optional.empty();
      }
      return act.report().ambiguous().contains(expected.key())
          ? finding(
              Kind.AMBIGUOUS,
              expected,
              "several keys in the token have its CKA_ID, and nobody can say which would sign; remove those that are not it")
          : finding(Kind.MISSING, expected, missing(act));
    }
    if (!seen.publicKey().equals(expected.publicKey()) || seen.suite() != expected.suite()) {
      return finding(Kind.DIFFERS, expected, "another key has its id");
    }
    return seen.trial().isPresent()
        ? Optional.empty()
        : finding(Kind.CANNOT_SIGN, expected, seen.failure().orElse("it made no trial signature"));
  }

  /** Halves of pairs are told as a number alone. */
  private static String missing(TokenInspected act) {
    return act.report().strays() == 0
        ? "the log expects it, and it is not in the token"
        : "the log expects it, and the token shows no single key pair of that id: it is gone, or half of it is (%d objects there are no key pair of their own)"
            .formatted(act.report().strays());
  }

  private static Optional<SlotFinding> weak(ExpectedKey expected, SeenKey seen) {
    return seen == null || seen.weaker().isEmpty()
        ? Optional.empty()
        : finding(Kind.WEAK, expected, String.join(", ", seen.weaker()));
  }

  private static Optional<SlotFinding> finding(Kind kind, ExpectedKey key, String detail) {
    return Optional.of(new SlotFinding(kind, key.key(), detail));
  }

  static Refusal unknown(House house, SlotName slot) {
    return new SlotRefusal.UnknownSlot(slot, List.copyOf(house.slots().keySet()));
  }
}
