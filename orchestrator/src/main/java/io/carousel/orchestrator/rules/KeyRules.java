package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.Act.CommandUndeliverable;
import io.carousel.events.Adoption;
import io.carousel.events.AuthorityEvent.CaCertificateAdopted;
import io.carousel.events.AuthorityEvent.CaCertificateIssued;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyCommandFailed;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.CommandId;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.AnswerRepeated;
import io.carousel.events.HouseEvent.SlotInspectionFailed;
import io.carousel.events.KeyOrigin;
import io.carousel.events.KeyPlace;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.OnKey;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
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
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The life of keys: asked for, adopted, certified, and after retirement and hold destroyed. */
final class KeyRules {
  /**
   * What workers answer who find a key under the command's label that is not to be trusted: the
   * command is in vain for as long as that key is there, so another takes its place.
   */
  static final Set<String> NOT_TAKEN = Set.of("found-key-weak", "found-keys-several");

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
    return first && !(act instanceof KeyCommandRefused) && !(act instanceof UnorderedCommandSeen)
        ? SlotHealthRules.answering(house, act.slot(), decision, c)
        : decision;
  }

  private static Decision answer(House house, WorkerAct act, Circumstances c) {
    return switch (act) {
      case KeyGenerated a -> generated(house, a, c);
      case KeyFound a -> found(house, a, c);
      case CaCertificateSigned a -> certified(house, a, c);
      case CaRequestSigned a -> ExternalRules.signed(house, a, c);
      case CrlSigned a -> CrlRules.signed(house, a, c);
      case BundleSignatureMade a -> AttestationRules.signed(house, a, c);
      case KeyGone a -> gone(house, a, c);
      case TokenInspected a -> SlotRules.inspected(house, a, c);
      case KeyCommandRefused a -> failed(house, a, c);
      case UnorderedCommandSeen a -> UnorderedRules.command(house, a, c);
    };
  }

  private static Decision generated(House house, KeyGenerated act, Circumstances c) {
    if (house.outbox().get(act.answers()) instanceof GenerateKey asked
        && asked.slot().equals(act.slot())) {
      return adopt(house, asked, asked.suite(), ShownKey.of(act), c);
    }
    return late(house, act, ShownKey.of(act), c);
  }

  /** A key that was there must be the one that was named, and is never destroyed for an answer. */
  private static Decision found(House house, KeyFound act, Circumstances c) {
    if (!(house.outbox().get(act.answers()) instanceof AdoptKey asked)
        || !asked.slot().equals(act.slot())) {
      return late(house, act, ShownKey.of(act), c);
    }
    if (!asked.key().equals(act.key())) {
      return refuse(new Refusal.AnswerUnfit(act.answers()));
    }
    return act.weaker().isEmpty() || asked.acceptWeak()
        ? adopt(house, asked, asked.suite(), ShownKey.of(act), c)
        : refuse(new OriginRefusal.KeyWeak(act.slot(), act.key(), act.weaker()));
  }

  private static Decision adopt(
      House house, OnKey asked, Suite suite, ShownKey shown, Circumstances c) {
    Optional<Bytes> certificate = certificate(house, asked);
    return shown
        .flaw(house, suite)
        .or(() ->
            certificate
                .flatMap(der -> ForeignCaCheck.otherKey(der, shown.publicKey().digest()))
                .map(why ->
                    new OriginRefusal.AdoptionUnfit(
                        place(asked), shown.key(), "its CA certificate is not fit: " + why)))
        .map(Decision::refuse)
        .orElseGet(() -> adopt(house, asked, certificate, shown, c));
  }

  /** That which the key had before; empty if it is to sign one. */
  private static Optional<Bytes> certificate(House house, OnKey asked) {
    return house
        .authority(asked.authority())
        .orElseThrow()
        .generation(asked.generation())
        .origin()
        .adoption(place(asked))
        .flatMap(Adoption::certificate);
  }

  private static Decision adopt(
      House house, OnKey asked, Optional<Bytes> certificate, ShownKey shown, Circumstances c) {
    Authority authority = house.authority(asked.authority()).orElseThrow();
    var events = new ArrayList<Event>();
    events.add(shown.event(asked.authority(), asked.generation(), asked.format(), c));
    events.add(
        new KeyAdopted(
            asked.authority(),
            asked.generation(),
            asked.slot(),
            asked.format(),
            asked.command(),
            shown.key(),
            shown.publicKey(),
            c.author().name(),
            c.now()));
    if (asked.format() != Format.X509) {
      events.addAll(Opening.by(authority, asked.generation(), place(asked), shown.key(), c));
    } else if (certificate.isPresent()) {
      events.add(
          new CaCertificateAdopted(
              asked.authority(),
              asked.generation(),
              asked.slot(),
              asked.command(),
              certificate.get(),
              c.now()));
      events.add(CrlRules.first(authority, asked.generation(), asked.slot(), certificate.get(), c));
    } else if (authority.external().isPresent()) {
      events.add(
          ExternalRules.request(
              asked.authority(),
              asked.generation(),
              asked.slot(),
              subject(authority, asked.generation(), asked.slot()),
              c));
    } else {
      events.add(
          new CaCertificateRequested(
              asked.authority(),
              asked.generation(),
              asked.slot(),
              c.newCommand("certificate"),
              draft(authority, asked.generation(), asked.slot(), c),
              c.now()));
    }
    return new Decision.Accepted(events, List.of());
  }

  private static KeyPlace place(OnKey command) {
    return KeyPlace.of(command.slot(), command.format());
  }

  private static String subject(Authority authority, int generation, SlotName slot) {
    return NamingRules.subject(authority.policy(), authority.name(), generation, slot);
  }

  private static CaDraft draft(
      Authority authority, int generation, SlotName slot, Circumstances c) {
    byte[] serial = c.derive("serial", 16);
    // Positive, and never short: the top bit clear, the next one set (RFC 5280, section 4.1.2.2).
    serial[0] = (byte) ((serial[0] & 0x7f) | 0x40);
    Instant from = c.now().minus(authority.policy().backdating()).truncatedTo(ChronoUnit.SECONDS);
    return new CaDraft(
        subject(authority, generation, slot),
        Serial.of(new BigInteger(1, serial)),
        from,
        c.now().plus(authority.policy().caLifetime()).truncatedTo(ChronoUnit.SECONDS));
  }

  /** The command was answered before, or is not wanted any more. */
  private static Decision late(House house, WorkerAct act, ShownKey shown, Circumstances c) {
    for (Authority authority : house.authorities().values()) {
      Optional<Authority.Surplus> asked = authority.askedBy(shown.answers());
      if (asked.isPresent() && asked.get().key().slot().equals(shown.slot())) {
        return lateFor(house, authority, asked.get(), shown, c);
      }
    }
    return answered(house, act, c);
  }

  private static Decision lateFor(
      House house, Authority a, Authority.Surplus asked, ShownKey shown, Circumstances c) {
    Authority.Surplus surplus = a.surplus().get(shown.key());
    if (shown.is(asked.key()) || (surplus != null && shown.is(surplus.key()))) {
      return accept(new AnswerRepeated(shown.answers(), shown.slot(), c.now()));
    }
    Generation g = a.generation(asked.generation());
    boolean named = g.origin().adoption(asked.key().place()).isPresent();
    if (named || shown.origin() == KeyOrigin.FOUND) {
      return refuse(new Refusal.AnswerUnfit(shown.answers()));
    }
    return shown
        .flaw(house, g.suite(asked.key().format()))
        .map(Decision::refuse)
        .orElseGet(() -> surplus(a, asked, shown, c));
  }

  private static Decision surplus(
      Authority a, Authority.Surplus asked, ShownKey shown, Circumstances c) {
    Format format = asked.key().format();
    return accept(
        shown.event(a.name(), asked.generation(), format, c),
        new SurplusKeyFound(
            a.name(),
            asked.generation(),
            shown.slot(),
            format,
            shown.answers(),
            shown.key(),
            shown.publicKey(),
            c.author().name(),
            c.now()),
        KeyEnds.destruction(
            a.name(),
            asked.generation(),
            asked.key().place(),
            shown.key(),
            shown.publicKey(),
            "made twice",
            c));
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
        CrlRules.first(
            house.authority(asked.authority()).orElseThrow(),
            asked.generation(),
            asked.slot(),
            act.certificate(),
            c));
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
    if (!everAsked(house, act.answers(), act.slot())) {
      return UnorderedRules.answer(house, act, c);
    }
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
      case GenerateKey key when key.slot().equals(slot) && NOT_TAKEN.contains(why.code()) ->
          accept(
              failed(key, why, c),
              request(
                  key.authority(),
                  key.generation(),
                  slot,
                  new FormatSuite(key.format(), key.suite()),
                  c));
      case OnKey key when key.slot().equals(slot) -> accept(failed(key, why, c));
      case InspectToken inspection when inspection.slot().equals(slot) ->
          accept(
              new SlotInspectionFailed(
                  slot, command, why.code(), why.detail(), why.lasting(), c.now()));
      case null, default -> answered(house, command, slot, c);
    };
  }

  private static KeyCommandFailed failed(OnKey key, Key.Failure why, Circumstances c) {
    return new KeyCommandFailed(
        key.authority(),
        key.generation(),
        key.slot(),
        key.format(),
        key.command(),
        why.code(),
        why.detail(),
        why.lasting(),
        c.now());
  }

  /** Answers may come twice; an answer to what was never asked is another matter. */
  static Decision answered(House house, WorkerAct act, Circumstances c) {
    return everAsked(house, act.answers(), act.slot())
        ? answered(house, act.answers(), act.slot(), c)
        : UnorderedRules.answer(house, act, c);
  }

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
    KeyCommand stands = house.outbox().get(command);
    return slot.equals(house.ended().get(command))
        || (stands != null && stands.slot().equals(slot))
        || (known != null && known.seen().filter(i -> i.command().equals(command)).isPresent())
        || house.authorities().values().stream()
            .flatMap(Authority::keys)
            .anyMatch(k -> k.slot().equals(slot) && k.causedBy(command))
        || house.authorities().values().stream()
            .flatMap(a -> a.attestation().stream())
            .anyMatch(a -> a.asked(command, slot));
  }
}
