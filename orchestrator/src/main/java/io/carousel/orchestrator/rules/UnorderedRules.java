package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.HouseEvent.UnorderedAnswer;
import io.carousel.events.HouseEvent.UnorderedCommandRefused;
import io.carousel.events.SlotName;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.BundleSignatureMade;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.CaRequestSigned;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyFound;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.WorkerAct.TokenInspected;
import io.carousel.events.WorkerAct.UnorderedCommandSeen;
import io.carousel.events.wire.Wire;
import java.time.Duration;
import java.util.List;

/**
 * Key-level work that no event ordered: asked of a worker, or answered by one. Each is an alarm.
 * Further ones of the same slot, type and author within a minute leave no event, so that no flood
 * of them fills the log.
 */
final class UnorderedRules {
  private static final Duration QUIET = Duration.ofMinutes(1);

  private UnorderedRules() {}

  /** A worker was told to, and did nothing. */
  static Decision command(House house, UnorderedCommandSeen act, Circumstances c) {
    if (!house.slots().containsKey(act.slot())) {
      return refuse(SlotRules.unknown(house, act.slot()));
    }
    var told =
        new UnorderedCommandRefused(
            act.slot(),
            act.answers(),
            act.asked(),
            act.detail(),
            act.count(),
            act.author(),
            c.author().name(),
            c.now());
    return quiet(house, act.slot(), Slot.code(told), c) ? nothing() : accept(told);
  }

  /** A worker says that it did, or that it would not. */
  static Decision answer(House house, WorkerAct act, Circumstances c) {
    if (!house.slots().containsKey(act.slot())) {
      return refuse(new Refusal.UnknownCommand(act.answers()));
    }
    var told =
        new UnorderedAnswer(
            act.slot(),
            act.answers(),
            Wire.CURRENT.typeOf(act.getClass()),
            done(act),
            c.author().name(),
            c.now());
    return quiet(house, act.slot(), Slot.code(told), c) ? nothing() : accept(told);
  }

  private static Decision nothing() {
    return new Decision.Accepted(List.of(), List.of());
  }

  private static boolean quiet(House house, SlotName slot, String code, Circumstances c) {
    Slot.Refusals before = house.slots().get(slot).refusals().get(code);
    return before != null && Duration.between(before.last(), c.now()).abs().compareTo(QUIET) < 0;
  }

  private static String done(WorkerAct act) {
    return switch (act) {
      case KeyGenerated a -> "made key " + a.key();
      case KeyFound a -> "shows key " + a.key();
      case CaCertificateSigned a ->
          "signed a CA certificate (SHA-256 %s)".formatted(a.certificate().digest());
      case CaRequestSigned a -> "signed a request (SHA-256 %s)".formatted(a.request().digest());
      case CrlSigned a -> "signed a CRL (SHA-256 %s)".formatted(a.crl().digest());
      case BundleSignatureMade _ -> "signed a trust bundle";
      case KeyGone a ->
          a.wasThere() ? "destroyed key " + a.key() : "found key %s gone".formatted(a.key());
      case TokenInspected a -> "tried %d keys of its token".formatted(a.report().keys().size());
      case KeyCommandRefused a -> "refused as %s: %s".formatted(a.code(), a.detail());
      case UnorderedCommandSeen a -> "refused what nobody ordered: " + a.detail();
    };
  }
}
