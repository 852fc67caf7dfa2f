package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.Act.CommandUndeliverable;
import io.carousel.events.AuthorityEvent.CaCertificateIssued;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyCommandFailed;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.AuthorityName;
import io.carousel.events.CaDraft;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.AnswerRepeated;
import io.carousel.events.HouseEvent.SlotInspectionFailed;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.OnKey;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SlotName;
import io.carousel.events.Statements;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.WorkerAct.TokenInspected;
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The life of keys: asked for, adopted, certified, and after retirement and hold destroyed. */
final class KeyRules {
  /**
   * Longest names of authority and slot together: the common name has room for 64 characters (RFC
   * 5280, appendix A, ub-common-name), of which a generation below 100000 takes up to eight.
   */
  static final int NAMES_LIMIT = 64 - " G99999 ".length();

  private KeyRules() {}

  /** A key for each slot and format is wanted. */
  static List<KeyRequested> requests(
      AuthorityName authority,
      int generation,
      List<SlotName> slots,
      List<FormatSuite> formats,
      Circumstances c) {
    return slots.stream()
        .flatMap(slot -> formats.stream().map(f -> request(authority, generation, slot, f, c)))
        .toList();
  }

  private static KeyRequested request(
      AuthorityName authority, int generation, SlotName slot, FormatSuite f, Circumstances c) {
    return new KeyRequested(
        authority,
        generation,
        slot,
        f.format(),
        c.newCommand("key %s %s".formatted(slot, f.format())),
        f.suite(),
        c.now());
  }

  static Decision decide(House house, WorkerAct act, Circumstances c) {
    boolean first = house.outbox().containsKey(act.answers());
    Decision decision = answer(house, act, c);
    return first && !(act instanceof KeyCommandRefused)
        ? SlotHealthRules.answering(house, act.slot(), decision, c)
        : decision;
  }

  private static Decision answer(House house, WorkerAct act, Circumstances c) {
    return switch (act) {
      case KeyGenerated a -> generated(house, a, c);
      case CaCertificateSigned a -> certified(house, a, c);
      case CrlSigned a -> CrlRules.signed(house, a, c);
      case KeyGone a -> gone(house, a, c);
      case TokenInspected a -> SlotRules.inspected(house, a, c);
      case KeyCommandRefused a -> failed(house, a, c);
    };
  }

  private static Decision generated(House house, KeyGenerated act, Circumstances c) {
    if (house.outbox().get(act.answers()) instanceof GenerateKey asked
        && asked.slot().equals(act.slot())) {
      return proven(house, asked.suite(), act)
          .map(Decision::refuse)
          .orElseGet(() -> adopt(house, asked, act, c));
    }
    return late(house, act, c);
  }

  private static Decision adopt(House house, GenerateKey asked, KeyGenerated act, Circumstances c) {
    Authority authority = house.authority(asked.authority()).orElseThrow();
    var events = new ArrayList<Event>();
    events.add(
        new KeyAdopted(
            asked.authority(),
            asked.generation(),
            asked.slot(),
            asked.format(),
            asked.command(),
            act.key(),
            act.publicKey(),
            c.author().name(),
            c.now()));
    if (asked.format() == Format.X509) {
      events.add(
          new CaCertificateRequested(
              asked.authority(),
              asked.generation(),
              asked.slot(),
              c.newCommand("certificate"),
              draft(authority, asked.generation(), asked.slot(), c),
              c.now()));
    } else {
      events.addAll(Opening.by(authority, asked.generation(), place(asked), act.key(), c));
    }
    return new Decision.Accepted(events, List.of());
  }

  private static KeyPlace place(OnKey command) {
    return KeyPlace.of(command.slot(), command.format());
  }

  private static CaDraft draft(
      Authority authority, int generation, SlotName slot, Circumstances c) {
    byte[] serial = c.derive("serial", 16);
    // Positive, and never short: the top bit clear, the next one set (RFC 5280, section 4.1.2.2).
    serial[0] = (byte) ((serial[0] & 0x7f) | 0x40);
    Instant from = c.now().minus(authority.policy().backdating()).truncatedTo(ChronoUnit.SECONDS);
    return new CaDraft(
        "CN=%s G%d %s,O=Carousel".formatted(authority.name(), generation, slot),
        Serial.of(new BigInteger(1, serial)),
        from,
        c.now().plus(authority.policy().caLifetime()).truncatedTo(ChronoUnit.SECONDS));
  }

  /** The command was answered before, or is not wanted any more. */
  private static Decision late(House house, KeyGenerated act, Circumstances c) {
    for (Authority authority : house.authorities().values()) {
      Optional<Authority.Surplus> asked = authority.askedBy(act.answers());
      if (asked.isPresent() && asked.get().key().slot().equals(act.slot())) {
        return lateFor(house, authority, asked.get(), act, c);
      }
    }
    return answered(house, act, c);
  }

  private static Decision lateFor(
      House house, Authority a, Authority.Surplus asked, KeyGenerated act, Circumstances c) {
    Authority.Surplus surplus = a.surplus().get(act.key());
    if (isSame(asked.key(), act) || (surplus != null && isSame(surplus.key(), act))) {
      return accept(new AnswerRepeated(act.answers(), act.slot(), c.now()));
    }
    Suite suite = a.generation(asked.generation()).suite(asked.key().format());
    return proven(house, suite, act)
        .map(Decision::refuse)
        .orElseGet(() ->
            accept(
                new SurplusKeyFound(
                    a.name(),
                    asked.generation(),
                    act.slot(),
                    asked.key().format(),
                    act.answers(),
                    act.key(),
                    act.publicKey(),
                    c.author().name(),
                    c.now()),
                KeyEnds.destruction(
                    a.name(),
                    asked.generation(),
                    asked.key().place(),
                    act.key(),
                    act.publicKey(),
                    "made twice",
                    c)));
  }

  private static boolean isSame(Key key, KeyGenerated act) {
    return key.keyId().filter(act.key()::equals).isPresent()
        && key.publicKeyDigest().filter(act.publicKey().digest()::equals).isPresent();
  }

  /** Nothing if the key is new to the house, of the suite, and in the worker's possession. */
  private static Optional<Refusal> proven(House house, Suite suite, KeyGenerated act) {
    if (known(house, act.key(), act.publicKey().digest())) {
      return Optional.of(new Refusal.KeyKnown(act.key()));
    }
    Optional<String> flaw = Proofs.flaw(suite, act.publicKey());
    if (flaw.isPresent()) {
      return Optional.of(new Refusal.KeyUnusable("key " + act.key(), flaw.get()));
    }
    byte[] statement =
        Statements.possessionOfKey(
            house.id().orElseThrow(), act.answers(), act.slot(), act.key(), act.publicKey());
    return Proofs.verifies(suite, act.publicKey(), statement, act.possession())
        ? Optional.empty()
        : Optional.of(new Refusal.ProofFailed(act.key()));
  }

  private static boolean known(House house, KeyId id, Digest publicKey) {
    return house.authorities().values().stream()
        .flatMap(Authority::keys)
        .anyMatch(k -> is(k, id, publicKey));
  }

  private static boolean is(Key key, KeyId id, Digest publicKey) {
    return key.keyId().filter(id::equals).isPresent()
        || key.publicKeyDigest().filter(publicKey::equals).isPresent();
  }

  private static Decision certified(House house, CaCertificateSigned act, Circumstances c) {
    if (!(house.outbox().get(act.answers()) instanceof SignCaCertificate asked)
        || !asked.slot().equals(act.slot())) {
      return answered(house, act, c);
    }
    Optional<String> flaw = CaCheck.flaw(act.certificate(), asked);
    if (flaw.isPresent()) {
      return refuse(new Refusal.CertificateWrong(act.answers(), flaw.get()));
    }
    return accept(
        new CaCertificateIssued(
            asked.authority(),
            asked.generation(),
            asked.slot(),
            asked.command(),
            act.certificate(),
            c.now()),
        CrlRules.first(house, asked, act.certificate(), c));
  }

  private static Decision gone(House house, KeyGone act, Circumstances c) {
    if (!(house.outbox().get(act.answers()) instanceof DestroyKey asked)
        || !asked.slot().equals(act.slot())
        || !asked.key().equals(act.key())) {
      return answered(house, act, c);
    }
    return accept(
        new KeyDestroyed(
            asked.authority(),
            asked.generation(),
            asked.slot(),
            asked.format(),
            asked.command(),
            asked.key(),
            act.wasThere() ? Optional.of(c.author().name()) : Optional.empty(),
            c.now()));
  }

  private static Decision failed(House house, KeyCommandRefused act, Circumstances c) {
    return failed(
        house,
        act.answers(),
        act.slot(),
        new Key.Failure(act.code(), act.detail(), act.lasting()),
        c);
  }

  /** Nobody could carry it out; it stands, and is given out again. */
  static Decision undeliverable(House house, CommandUndeliverable act, Circumstances c) {
    var why = new Key.Failure("undeliverable", act.detail(), false);
    return failed(house, act.command(), act.slot(), why, c);
  }

  private static Decision failed(
      House house, CommandId command, SlotName slot, Key.Failure why, Circumstances c) {
    KeyCommand asked = house.outbox().get(command);
    return switch (asked) {
      case OnKey key when key.slot().equals(slot) ->
          accept(
              new KeyCommandFailed(
                  key.authority(),
                  key.generation(),
                  key.slot(),
                  key.format(),
                  key.command(),
                  why.code(),
                  why.detail(),
                  why.lasting(),
                  c.now()));
      case InspectToken inspection when inspection.slot().equals(slot) ->
          accept(
              new SlotInspectionFailed(
                  slot, command, why.code(), why.detail(), why.lasting(), c.now()));
      case null, default -> answered(house, command, slot, c);
    };
  }

  static Decision answered(House house, WorkerAct act, Circumstances c) {
    return answered(house, act.answers(), act.slot(), c);
  }

  /** Answers may come twice; an answer to what was never asked is another matter. */
  private static Decision answered(House house, CommandId command, SlotName slot, Circumstances c) {
    if (!everAsked(house, command, slot)) {
      return refuse(new Refusal.UnknownCommand(command));
    }
    return house.outbox().containsKey(command)
        ? refuse(new Refusal.AnswerUnfit(command))
        : accept(new AnswerRepeated(command, slot, c.now()));
  }

  /** Whether that command was ever given to that slot, answered or not. */
  private static boolean everAsked(House house, CommandId command, SlotName slot) {
    Slot known = house.slots().get(slot);
    return (known != null && known.seen().filter(i -> i.command().equals(command)).isPresent())
        || house.authorities().values().stream()
            .flatMap(Authority::keys)
            .anyMatch(k -> k.slot().equals(slot) && k.causedBy(command));
  }
}
