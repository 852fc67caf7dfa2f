package io.carousel.signer.work;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.ExpectedKey;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignBundle;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport;
import io.carousel.events.Statements;
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
import io.carousel.events.orders.Finding;
import io.carousel.signer.certificate.CaRequests;
import io.carousel.signer.certificate.CrlRehearsal;
import io.carousel.signer.certificate.Drafts;
import io.carousel.signer.certificate.Issuer;
import io.carousel.signer.certificate.Rehearsal;
import io.carousel.signer.certificate.ToBeSigned;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.Inventory;
import io.carousel.signer.token.Protection;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.token.TokenReport;
import io.carousel.signer.token.TrialSignature;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.LogUnreachable;
import io.carousel.signer.trust.Orders;
import io.carousel.signer.trust.Verification;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes keys, CA certificates, CRLs and, in the end, room: the work of {@code carousel.keys.SLOT}.
 */
public final class KeyWork implements Work<KeyCommand, WorkerAct> {
  /** Of what a protection denies: a key that lacks that is not "not not copyable", but copyable. */
  private static final String NOT = "not ";

  private static final int KEY_ID_BYTES = 16;

  /** The cause of a refusal by this worker's clock. */
  private static final String HELD = "held";

  /** How far clocks that are right may be apart. */
  private static final Duration SKEW = Duration.ofSeconds(5);

  private final HouseId house;
  private final SlotName slot;
  private final TokenDesk token;
  private final Limits limits;
  private final Orders orders;
  private final Unordered unordered;
  private final Barred barred = new Barred();
  private final Given given = new Given();
  private final InstantSource clock;
  private final Function<AuthorityName, Optional<Bytes>> roots;
  private final SecureRandom random = new SecureRandom();

  /** On that slot's token, where every key signs its own certificate. */
  public KeyWork(
      HouseId house,
      SlotName slot,
      Token token,
      Limits limits,
      Orders orders,
      InstantSource clock) {
    this(house, slot, token, limits, orders, clock, _ -> Optional.empty());
  }

  /**
   * On that slot's token.
   *
   * @param orders what the log has ordered
   * @param roots the external root that signs the CA certificates of an authority, DER
   */
  public KeyWork(
      HouseId house,
      SlotName slot,
      Token token,
      Limits limits,
      Orders orders,
      InstantSource clock,
      Function<AuthorityName, Optional<Bytes>> roots) {
    this.house = house;
    this.slot = slot;
    this.token = new TokenDesk(token, Verification.ALL);
    this.limits = limits;
    this.orders = orders;
    this.unordered = new Unordered(slot);
    this.clock = clock;
    this.roots = roots;
  }

  @Override
  public Class<KeyCommand> family() {
    return KeyCommand.class;
  }

  @Override
  public Prepared<WorkerAct> prepare(KeyCommand command, AuthorName author) throws LogUnreachable {
    try {
      TokenDesk.requireSlot(slot, command);
      return switch (orders.find(command)) {
        case Finding.Stands _ ->
            given
                .of(command, clock.instant())
                .map(before -> Prepared.done(Optional.of(before)))
                .orElseGet(() -> signing(command));
        case Finding.Ended _ -> Prepared.done(Optional.empty());
        case Finding.Barred b -> barred(command, b.why());
        case Finding.Unordered u ->
            Prepared.done(unordered.tell(command, u.why(), author, clock.instant()));
      };
    } catch (Refused e) {
      return Prepared.done(Optional.of(refuse(command, e)));
    }
  }

  private Prepared<WorkerAct> barred(KeyCommand command, String why) {
    return Prepared.done(
        barred.isNews(command.command(), why)
            ? Optional.of(refuse(command, new Refused(Refusal.BARRED, why)))
            : Optional.empty());
  }

  private Prepared<WorkerAct> signing(KeyCommand command) {
    return Prepared.making(
        signatures(command),
        () -> {
          WorkerAct answer = carriedOut(command);
          if (answer instanceof KeyCommandRefused r && r.code().equals(Refusal.BARRED.code())) {
            // Its text tells the time, which is another at each turn.
            boolean news = barred.isNews(command.command(), HELD);
            return () -> news ? Optional.of(answer) : Optional.empty();
          }
          barred.isFree(command.command());
          given.note(command, answer, clock.instant());
          return () -> Optional.of(answer);
        });
  }

  private static int signatures(KeyCommand command) {
    return switch (command) {
      case GenerateKey _,
          AdoptKey _,
          SignCaCertificate _,
          SignCaRequest _,
          SignCrl _,
          SignBundle _ ->
          1;
      case InspectToken c -> c.expected().size();
      case DestroyKey _ -> 0;
    };
  }

  private WorkerAct carriedOut(KeyCommand command) throws TokenException {
    try {
      limits.check(command, clock.instant());
      return switch (command) {
        case GenerateKey c -> generate(c);
        case AdoptKey c -> adopt(c);
        case SignCaCertificate c -> certify(c);
        case SignCaRequest c -> ask(c);
        case SignCrl c -> list(c);
        case SignBundle c -> state(c);
        case InspectToken c -> inspect(c);
        case DestroyKey c -> destroy(c);
      };
    } catch (Refused e) {
      return refuse(command, e);
    }
  }

  @Override
  public void probe() throws TokenException {
    token.probe();
  }

  @Override
  public KeyCommandRefused refuse(KeyCommand command, Refused why) {
    return new KeyCommandRefused(
        command.command(), slot, why.why().code(), why.getMessage(), why.why().lasting());
  }

  /** A crash may have come after the key was made and before anybody heard of it: look first. */
  private KeyGenerated generate(GenerateKey command) throws Refused, TokenException {
    String label = command.command().value();
    Optional<TokenKey> before = token.findByLabel(label);
    if (before.isPresent()) {
      requireMadeHere(before.get());
    }
    TokenKey key =
        before.isPresent() ? before.get() : token.generate(freshId(), label, command.suite());
    if (key.suite() != command.suite()) {
      throw new Refused(
          Refusal.KEY_DIFFERS,
          "the key made for this command is of suite %s, not %s"
              .formatted(key.suite(), command.suite()));
    }
    return new KeyGenerated(
        command.command(),
        slot,
        key.id(),
        key.publicKey(),
        possession(command, key),
        before.isPresent());
  }

  /** Whoever has the PIN can give any key the label: the protections tell which were imported. */
  private void requireMadeHere(TokenKey found) throws Refused, TokenException {
    List<String> lacking =
        token
            .protection(found.id())
            .map(k -> k.doubtful().stream().map(KeyWork::lacking).sorted().toList())
            .orElse(List.of("not there any more"));
    if (!lacking.isEmpty()) {
      throw new Refused(
          Refusal.FOUND_KEY_WEAK,
          "key %s has the label of the command, and is less protected than a key that was made here: %s; it is left where it is"
              .formatted(found.id(), String.join(", ", lacking)));
    }
  }

  private Bytes possession(KeyCommand command, TokenKey key) throws Refused, TokenException {
    byte[] statement =
        Statements.possessionOfKey(house, command.command(), slot, key.id(), key.publicKey());
    return Bytes.of(token.sign(key.id(), key.publicKey(), key.suite(), statement));
  }

  /** Looks, and signs once: a key of others keeps its label, its id and all else. */
  private KeyFound adopt(AdoptKey command) throws Refused, TokenException {
    TokenReport.Key found =
        token
            .protection(command.key())
            .orElseThrow(() ->
                new Refused(
                    Refusal.NO_SUCH_KEY,
                    "the token has no whole key pair with the id %s of a suite that is known here"
                        .formatted(command.key())));
    TokenKey key = found.key();
    if (key.suite() != command.suite()) {
      throw new Refused(
          Refusal.KEY_DIFFERS,
          "key %s is of suite %s, not %s".formatted(key.id(), key.suite(), command.suite()));
    }
    List<String> weaker = found.doubtful().stream().map(KeyWork::lacking).toList();
    if (!weaker.isEmpty() && !command.acceptWeak()) {
      throw new Refused(
          Refusal.KEY_WEAK,
          "key %s is less protected than is asked of keys: %s"
              .formatted(key.id(), String.join(", ", weaker)));
    }
    return new KeyFound(
        command.command(), slot, key.id(), key.publicKey(), weaker, possession(command, key));
  }

  private KeyId freshId() {
    byte[] id = new byte[KEY_ID_BYTES];
    random.nextBytes(id);
    return KeyId.of(id);
  }

  private CaCertificateSigned certify(SignCaCertificate command) throws Refused, TokenException {
    token.require(command.key(), command.publicKey(), command.suite());
    ToBeSigned draft = Drafts.ca(command);
    Rehearsal.of(draft, command);
    byte[] signature =
        token.sign(command.key(), command.publicKey(), command.suite(), draft.bytes().toArray());
    return new CaCertificateSigned(command.command(), slot, draft.complete(signature));
  }

  private CaRequestSigned ask(SignCaRequest command) throws Refused, TokenException {
    token.require(command.key(), command.publicKey(), command.suite());
    ToBeSigned draft = CaRequests.of(command);
    byte[] signature =
        token.sign(command.key(), command.publicKey(), command.suite(), draft.bytes().toArray());
    return new CaRequestSigned(command.command(), slot, draft.complete(signature));
  }

  private CrlSigned list(SignCrl command) throws Refused, TokenException {
    Issuer issuer = Issuer.of(command.issuer(), command.suite(), roots.apply(command.authority()));
    if (!issuer.publicKey().equals(command.publicKey())) {
      throw new Refused(Refusal.ISSUER_DIFFERS, "the issuer is not of the key that is to sign");
    }
    token.require(command.key(), command.publicKey(), command.suite());
    ToBeSigned draft = Drafts.crl(command, issuer);
    CrlRehearsal.of(draft, command, issuer);
    byte[] signature =
        token.sign(command.key(), command.publicKey(), command.suite(), draft.bytes().toArray());
    return new CrlSigned(command.command(), slot, draft.complete(signature));
  }

  /** What is signed is put together here: it can be nothing else than what a bundle says. */
  private BundleSignatureMade state(SignBundle command) throws Refused, TokenException {
    token.require(command.key(), command.publicKey(), command.suite());
    byte[] signature =
        token.sign(
            command.key(),
            command.publicKey(),
            command.suite(),
            Statements.bundle(house, command.statement()));
    return new BundleSignatureMade(command.command(), slot, Bytes.of(signature));
  }

  /** Only keys that the log expects are asked to sign anything. */
  private TokenInspected inspect(InspectToken command) throws Refused, TokenException {
    TokenReport found = token.inspect();
    if (found.keys().size() > SlotReport.MOST_KEYS) {
      throw new Refused(
          Refusal.TOKEN_REFUSED,
          "the token holds %d keys, and a report has room for %d; give the house a token of its own"
              .formatted(found.keys().size(), SlotReport.MOST_KEYS));
    }
    Map<KeyId, ExpectedKey> expected = new HashMap<>();
    command.expected().forEach(k -> expected.put(k.key(), k));
    var keys = new ArrayList<SlotReport.SeenKey>();
    for (TokenReport.Key key : found.keys()) {
      keys.add(seen(key, expected.get(key.key().id())));
    }
    return new TokenInspected(command.command(), slot, report(found, keys));
  }

  private SlotReport.SeenKey seen(TokenReport.Key found, ExpectedKey expected)
      throws TokenException {
    TokenKey key = found.key();
    Optional<Digest> trial = Optional.empty();
    Optional<String> failure = Optional.empty();
    if (expected != null && key.publicKey().digest().equals(expected.publicKey())) {
      try {
        TrialSignature made = token.trial(key);
        if (made.valid()) {
          trial = Optional.of(made.message().digest());
        } else {
          failure = Optional.of("its signature does not hold");
        }
      } catch (Refused e) {
        failure = Optional.of(e.getMessage());
      }
    }
    return new SlotReport.SeenKey(
        key.id(),
        key.publicKey().digest(),
        key.suite(),
        found.lacking().stream().map(KeyWork::lacking).toList(),
        trial,
        failure,
        found.doubtful().stream().map(KeyWork::lacking).toList());
  }

  private static String lacking(Protection protection) {
    String words = protection.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return words.startsWith(NOT) ? words.substring(NOT.length()) : NOT + words;
  }

  private SlotReport report(TokenReport found, List<SlotReport.SeenKey> keys) {
    return new SlotReport(
        found.token().label(),
        found.token().serial(),
        "%s by %s".formatted(found.token().model(), found.token().manufacturer()),
        "%s %s".formatted(found.versions().libraryDescription(), found.versions().library()),
        found.versions().cryptoki(),
        found.versions().firmware(),
        List.copyOf(found.suites()),
        found.mechanisms().stream().map(TokenReport.Mechanism::name).toList(),
        keys,
        found.strays().size(),
        Optional.of(limits.told()),
        Optional.of(limits.names().bounds()),
        Inventory.ambiguous(found.strays()));
  }

  /** The log says that the hold has passed, and the clock here must say so too. */
  private void requireHoldPassed(DestroyKey command) throws Refused {
    Instant here = clock.instant();
    Optional<Instant> end = orders.heldUntil(command).filter(here.plus(SKEW)::isBefore);
    if (end.isPresent()) {
      throw new Refused(
          Refusal.BARRED,
          "key %s is held until %s by the log, and it is %s by this worker's clock: one of the clocks is wrong, and the key is kept until both have come to it; set them right"
              .formatted(command.key(), end.get(), here));
    }
  }

  private KeyGone destroy(DestroyKey command) throws Refused, TokenException {
    requireHoldPassed(command);
    for (KeyId other : orders.others(command)) {
      if (!token.has(other)) {
        throw new Refused(
            Refusal.KEYS_MISSING,
            "key %s should be in the token and is not, so nothing is destroyed there"
                .formatted(other));
      }
    }
    boolean wasThere = token.destroy(command.key(), command.publicKey());
    return new KeyGone(command.command(), slot, command.key(), wasThere);
  }
}
