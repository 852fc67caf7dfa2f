package io.carousel.signer.work;

import io.carousel.events.Bytes;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.signer.certificate.Signatures;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.token.TokenRefused;
import io.carousel.signer.token.TokenReport;
import io.carousel.signer.token.TrialSignature;
import io.carousel.signer.trust.Verification;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The token as the work sees it: its refusals are answers, keys are told by id and public key
 * together, and no signature that was found not to verify leaves.
 */
final class TokenDesk {
  private static final int MOST_REMEMBERED = 1024;

  private final Token token;
  private final Verification verification;
  // Ids are never used again for another key, so what was seen once stays true while it is there.
  private final Map<KeyId, Bytes> seen = new ConcurrentHashMap<>();
  // Keys under which a signature held, and none failed since.
  private final Set<KeyId> proven = ConcurrentHashMap.newKeySet();

  TokenDesk(Token token, Verification verification) {
    this.token = token;
    this.verification = verification;
  }

  static void requireSlot(SlotName own, SigningCommand command) throws Refused {
    if (!command.slot().equals(own)) {
      throw new Refused(
          Refusal.WRONG_SLOT,
          "the command is for slot '%s' and this worker is bound to '%s'"
              .formatted(command.slot(), own));
    }
  }

  /** Returns if the token answers. */
  void probe() throws TokenException {
    try {
      token.findByLabel("carousel-probe");
    } catch (TokenRefused e) {
      if (e.reason() == TokenRefused.Reason.CLOSED) {
        throw e;
      }
    }
  }

  /** The one key with that label. */
  Optional<TokenKey> findByLabel(String label) throws Refused, TokenException {
    try {
      return token.findByLabel(label);
    } catch (TokenRefused e) {
      if (e.reason() == TokenRefused.Reason.ID_AMBIGUOUS) {
        throw new Refused(Refusal.FOUND_KEYS_SEVERAL, e.getMessage(), e);
      }
      throw e;
    }
  }

  TokenKey generate(KeyId id, String label, Suite suite) throws Refused, TokenException {
    return answered(() -> token.generate(id, label, suite));
  }

  Optional<TokenReport.Key> protection(KeyId id) throws Refused, TokenException {
    return answered(() -> token.protection(id));
  }

  TokenReport inspect() throws Refused, TokenException {
    return answered(token::inspect);
  }

  TrialSignature trial(TokenKey key) throws Refused, TokenException {
    return answered(() -> TrialSignature.make(token, key));
  }

  /** Whether there is a whole key pair of that id; looks each time. */
  boolean has(KeyId id) throws Refused, TokenException {
    return answered(() -> token.find(id)).isPresent();
  }

  boolean destroy(KeyId id, Bytes publicKey) throws Refused, TokenException {
    forget(id);
    return answered(() -> token.destroy(id, publicKey));
  }

  /** Passes if the token has that key under that id. */
  void require(KeyId id, Bytes publicKey, Suite suite) throws Refused, TokenException {
    Bytes known = seen.get(id);
    if (known == null) {
      TokenKey key =
          answered(() -> token.find(id))
              .orElseThrow(() -> new Refused(Refusal.NO_SUCH_KEY, "the token has no key " + id));
      if (key.suite() != suite) {
        throw new Refused(
            Refusal.KEY_DIFFERS, "key %s is of suite %s, not %s".formatted(id, key.suite(), suite));
      }
      known = key.publicKey();
      remember(id, known);
    }
    if (!known.equals(publicKey)) {
      throw new Refused(
          Refusal.KEY_DIFFERS, "key %s has another public key than the command says".formatted(id));
    }
  }

  /** Signs, and verifies what was signed. */
  byte[] sign(KeyId id, Bytes publicKey, Suite suite, byte[] message)
      throws Refused, TokenException {
    byte[] signature = sign(id, suite, message);
    verify(id, publicKey, suite, message, signature);
    return signature;
  }

  /** Signs; whoever calls this has {@link #verify} called before the signature leaves. */
  byte[] sign(KeyId id, Suite suite, byte[] message) throws Refused, TokenException {
    try {
      return answered(() -> token.sign(id, suite, message));
    } catch (Refused | TokenException e) {
      forget(id);
      throw e;
    }
  }

  /** Passes what verifies, or need not be verified. */
  void verify(KeyId id, Bytes publicKey, Suite suite, byte[] message, byte[] signature)
      throws Refused {
    if (verification.samples(suite)
        && proven.contains(id)
        && ThreadLocalRandom.current().nextInt(Verification.SAMPLE) != 0) {
      return;
    }
    if (!Signatures.hold(publicKey, suite, message, signature)) {
      forget(id);
      throw new Refused(
          Refusal.SIGNATURE_INVALID,
          "the token returned a signature that does not verify under key %s; nothing was issued"
              .formatted(id));
    }
    if (proven.size() < MOST_REMEMBERED) {
      proven.add(id);
    }
  }

  private void forget(KeyId id) {
    seen.remove(id);
    proven.remove(id);
  }

  private void remember(KeyId id, Bytes publicKey) {
    if (seen.size() >= MOST_REMEMBERED) {
      seen.clear();
    }
    seen.put(id, publicKey);
  }

  @FunctionalInterface
  private interface Asked<T> {
    T ask() throws TokenException;
  }

  private static <T> T answered(Asked<T> asked) throws Refused, TokenException {
    try {
      return asked.ask();
    } catch (TokenRefused e) {
      if (e.reason() == TokenRefused.Reason.CLOSED) {
        throw e; // says nothing of the command
      }
      throw new Refused(refusal(e.reason()), e.getMessage(), e);
    }
  }

  private static Refusal refusal(TokenRefused.Reason reason) {
    return switch (reason) {
      case NO_SUCH_KEY -> Refusal.NO_SUCH_KEY;
      case SUITE_DIFFERS, PUBLIC_KEY_DIFFERS -> Refusal.KEY_DIFFERS;
      case SUITE_UNSUPPORTED -> Refusal.SUITE_NOT_ALLOWED;
      case SIGNATURE_MALFORMED -> Refusal.SIGNATURE_INVALID;
      case ID_AMBIGUOUS -> Refusal.KEY_AMBIGUOUS;
      case ID_TAKEN, KEY_NOT_AS_ASKED, REQUEST_REJECTED, CLOSED -> Refusal.TOKEN_REFUSED;
    };
  }
}
