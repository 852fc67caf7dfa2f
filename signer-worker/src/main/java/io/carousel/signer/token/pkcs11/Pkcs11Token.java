package io.carousel.signer.token.pkcs11;

import io.carousel.events.Bytes;
import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import io.carousel.signer.token.Inventory;
import io.carousel.signer.token.Protection;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenCounters;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenInfo;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.token.TokenRefused;
import io.carousel.signer.token.TokenRefused.Reason;
import io.carousel.signer.token.TokenReport;
import io.carousel.signer.token.TokenUnavailable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xipki.pkcs11.wrapper.Mechanism;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.Session;

/**
 * A token behind a PKCS#11 module.
 *
 * <p>Bound to the token by its label, not by its slot. Sessions, login and recovery are {@link
 * Sessions}' business; here is what each operation does with a session once it has one. Key handles
 * are remembered as long as a login lasts, because finding a key costs as much as signing with it.
 */
public final class Pkcs11Token implements Token {
  private static final Logger LOG = LoggerFactory.getLogger(Pkcs11Token.class);

  private final Sessions sessions;
  private final TokenInfo info;
  private final Set<Suite> suites;
  private final LongAdder signatures = new LongAdder();

  private Pkcs11Token(Sessions sessions, TokenInfo info, Set<Suite> suites) {
    this.sessions = sessions;
    this.info = info;
    this.suites = Collections.unmodifiableSet(suites);
  }

  /**
   * Loads the module, finds the token and logs in. If the module hangs, the log says so.
   *
   * @throws io.carousel.signer.token.TokenUnusable if module, token or PIN is not in order; the
   *     message says which, why, and what to do
   */
  public static Pkcs11Token open(TokenConfig config) throws TokenException {
    return open(config, hang -> LOG.error(hang.getMessage()));
  }

  /**
   * The same, for those who can end the process.
   *
   * @param hangs is told, by a thread of this token, whenever calls into the module begin to hang.
   *     Callers who wait then get {@link TokenUnavailable}; those inside the module hang on, and
   *     nothing but the end of the process ends that if the module does not
   */
  public static Pkcs11Token open(TokenConfig config, Consumer<TokenUnavailable> hangs)
      throws TokenException {
    new WrongPin(config).check();
    Sessions sessions = Sessions.open(config, hangs);
    boolean done = false;
    try {
      Pkcs11Token token =
          sessions.run(
              "ask token '%s' what it can do".formatted(config.tokenLabel()),
              false,
              (login, session, attempt) ->
                  new Pkcs11Token(
                      sessions,
                      Inspection.of(login.slot()).info(),
                      Mechanisms.suites(login.slot().slot())));
      done = true;
      return token;
    } finally {
      if (!done) {
        sessions.close();
      }
    }
  }

  @Override
  public TokenInfo info() {
    return info;
  }

  @Override
  public Set<Suite> suites() {
    return suites;
  }

  @Override
  public Optional<TokenKey> findByLabel(String label) throws TokenException {
    return sessions.run(
        "look for the key labelled '%s'".formatted(label),
        false,
        (login, session, attempt) -> {
          TokenObjects objects = new TokenObjects(session);
          List<TokenKey> all = new ArrayList<>();
          for (KeyId id : objects.labelled(label)) {
            objects.find(id).map(KeyHandle::key).ifPresent(all::add);
          }
          if (all.size() > 1) {
            throw new TokenRefused(
                Reason.ID_AMBIGUOUS,
                "%d keys have the label '%s', so none of them is used"
                    .formatted(all.size(), label));
          }
          if (all.isEmpty()) {
            login.requireLoggedIn(session);
          }
          return all.stream().findFirst();
        });
  }

  @Override
  public Optional<TokenKey> find(KeyId id) throws TokenException {
    return sessions.run(
        "look for key " + id,
        false,
        (login, session, attempt) -> {
          Optional<KeyHandle> found = new TokenObjects(session).find(id);
          if (found.isEmpty()) {
            login.requireLoggedIn(session);
          }
          return found.map(KeyHandle::key);
        });
  }

  @Override
  public Optional<TokenReport.Key> protection(KeyId id) throws TokenException {
    return sessions.run(
        "look at key " + id,
        false,
        (login, session, attempt) -> {
          Optional<KeyHandle> found = new TokenObjects(session).find(id);
          if (found.isEmpty()) {
            login.requireLoggedIn(session);
          }
          return found.map(h -> new TokenReport.Key(h.key(), h.denied()));
        });
  }

  @Override
  public Inventory list() throws TokenException {
    return sessions.run(
        "list the token's objects",
        false,
        (login, session, attempt) -> {
          Inventory inventory = new TokenObjects(session).contents().inventory();
          login.requireLoggedIn(session);
          return inventory;
        });
  }

  @Override
  public TokenReport inspect() throws TokenException {
    return sessions.run(
        "inspect the token",
        false,
        (login, session, attempt) -> {
          TokenReport report = Inspection.of(login.slot()).report(session);
          login.requireLoggedIn(session);
          return report;
        });
  }

  @Override
  public TokenKey generate(KeyId id, String label, Suite suite) throws TokenException {
    if (!suites.contains(suite)) {
      throw new TokenRefused(
          Reason.SUITE_UNSUPPORTED,
          "token '%s' cannot make %s keys; it can make: %s".formatted(info.label(), suite, suites));
    }
    for (KeyTemplates asked : List.of(KeyTemplates.STRICT, KeyTemplates.ANY_MECHANISM)) {
      try {
        return generate(id, label, suite, asked);
      } catch (TooStrict e) {
        LOG.info("token '{}' does not take {} templates: {}", info.label(), asked, e.getMessage());
      }
    }
    return generate(id, label, suite, KeyTemplates.LEAN);
  }

  private TokenKey generate(KeyId id, String label, Suite suite, KeyTemplates asked)
      throws TokenException {
    boolean first = asked == KeyTemplates.STRICT;
    return sessions.run(
        "make %s key %s".formatted(suite, id),
        true,
        (login, session, attempt) -> {
          login.requireLoggedIn(session);
          TokenObjects objects = new TokenObjects(session);
          TokenObjects.Halves there = objects.halves(id);
          if (!there.none() && attempt == 0 && first) {
            throw new TokenRefused(
                Reason.ID_TAKEN, "the token already has a key with the id " + id);
          }
          if (!there.whole()) {
            objects.destroy(there); // halves that an earlier attempt of ours left behind
            asked.make(session, id, label, suite, attempt > 0);
          }
          return asAsked(session, objects, id, label, suite, asked);
        });
  }

  /** Reads a new key back; one that is not as asked is destroyed. */
  private static TokenKey asAsked(
      Session session,
      TokenObjects objects,
      KeyId id,
      String label,
      Suite suite,
      KeyTemplates asked)
      throws PKCS11Exception, TokenRefused {
    Optional<KeyHandle> made = objects.find(id);
    String fault;
    if (made.isEmpty()) {
      fault = "it does not come back as a whole pair of a known suite";
    } else {
      TokenKey key = made.get().key();
      Set<Protection> lacking = Claims.of(session, made.get().privateKey(), suite).lacking(asked);
      if (lacking.isEmpty() && key.suite() == suite && key.label().equals(label)) {
        return key;
      }
      fault =
          "it is a %s key labelled '%s' that lacks %s".formatted(key.suite(), key.label(), lacking);
    }
    objects.destroy(objects.halves(id));
    throw new TokenRefused(
        Reason.KEY_NOT_AS_ASKED,
        "the token made key %s otherwise than asked, so it was destroyed: %s".formatted(id, fault));
  }

  @Override
  public byte[] sign(KeyId id, Suite suite, byte[] message) throws TokenException {
    if (message.length == 0) {
      throw new TokenRefused(Reason.REQUEST_REJECTED, "there is nothing to sign: no bytes came");
    }
    byte[] input = Algorithm.input(suite, message);
    byte[] raw =
        sessions.run(
            "sign with key " + id,
            false,
            (login, session, attempt) -> {
              if (attempt > 0) {
                login.handles().remove(id);
              }
              KeyHandle handle = handle(login, session, id, suite);
              session.signInit(new Mechanism(Algorithm.of(suite).signing()), handle.privateKey());
              return signed(session, input);
            });
    byte[] signature =
        Algorithm.output(suite, raw)
            .orElseThrow(() ->
                new TokenRefused(
                    Reason.SIGNATURE_MALFORMED,
                    "the token returned %d bytes, which cannot be a signature of %s"
                        .formatted(raw.length, suite)));
    signatures.increment();
    return signature;
  }

  /** The one call that may leave a signature behind that nobody hears of. */
  private static byte[] signed(Session session, byte[] input) throws OutcomeUnknown {
    try {
      return session.sign(input);
    } catch (PKCS11Exception e) {
      throw new OutcomeUnknown(e);
    }
  }

  private static KeyHandle handle(Login login, Session session, KeyId id, Suite suite)
      throws PKCS11Exception, TokenRefused {
    KeyHandle handle = login.handles().get(id);
    if (handle == null) {
      handle = new TokenObjects(session).find(id).orElse(null);
      if (handle == null) {
        login.requireLoggedIn(session);
        throw new TokenRefused(Reason.NO_SUCH_KEY, "the token has no key with the id " + id);
      }
      login.handles().put(id, handle);
    }
    if (handle.key().suite() != suite) {
      throw new TokenRefused(
          Reason.SUITE_DIFFERS,
          "key %s is of suite %s, not %s".formatted(id, handle.key().suite(), suite));
    }
    return handle;
  }

  @Override
  public boolean destroy(KeyId id, Bytes publicKey) throws TokenException {
    AtomicBoolean seen = new AtomicBoolean();
    return sessions.run(
        "destroy key " + id,
        true,
        (login, session, attempt) -> {
          TokenObjects objects = new TokenObjects(session);
          TokenObjects.Halves halves = objects.halves(id).unambiguous(id);
          login.requireLoggedIn(session);
          if (halves.none()) {
            return seen.get();
          }
          requireSame(objects, halves, id, publicKey);
          seen.set(true);
          login.handles().remove(id);
          objects.destroy(halves);
          return true;
        });
  }

  private static void requireSame(
      TokenObjects objects, TokenObjects.Halves halves, KeyId id, Bytes publicKey)
      throws PKCS11Exception, TokenRefused {
    if (halves.publics().length == 0) {
      throw new TokenRefused(
          Reason.PUBLIC_KEY_DIFFERS,
          ("key %s has lost its public half, so it cannot be told whether it is the one meant; "
                  + "destroy it with the vendor's tool")
              .formatted(id));
    }
    Optional<TokenObjects.PublicKey> shown = objects.publicKey(halves.publics()[0]);
    if (shown.isEmpty() || !shown.get().spki().equals(publicKey)) {
      throw new TokenRefused(
          Reason.PUBLIC_KEY_DIFFERS,
          "key %s has another public key than the one to be destroyed".formatted(id));
    }
  }

  @Override
  public TokenCounters counters() {
    return new TokenCounters(
        signatures.sum(), sessions.logins(), sessions.reinitialisations(), sessions.retries());
  }

  @Override
  public void close() {
    sessions.close();
  }
}
