package io.carousel.signer.token;

import io.carousel.events.Bytes;
import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import java.util.Optional;
import java.util.Set;

/**
 * One HSM token, logged in to. Keys never leave it.
 *
 * <p>Every call may be made from many threads at once; a call beyond the configured number of
 * sessions waits for its turn, first come first served. A lost session, a lost login and a token
 * that went and came back are mended inside; what reaches the caller says by its type what to do:
 * see {@link TokenException}.
 *
 * <p>A call may be lost after it took effect. So look before repeating: {@link #findByLabel} before
 * {@link #generate}; {@link #destroy} and {@link #sign} may be repeated as they are.
 *
 * <p>The token does not lock across processes. Two workers may both look, find nothing and generate
 * under one label; hence an id is made fresh for every attempt, and the log, not the token, says
 * which key counts.
 */
public interface Token extends AutoCloseable {

  /** What the token says of itself, as read when it was opened. */
  TokenInfo info();

  /** The suites for which the token can both make keys and sign, by its mechanism list. */
  Set<Suite> suites();

  /**
   * The key pair made under that label, whole and of a known suite. A pair that lost its public
   * half is not found: it cannot be proven to be what was asked for.
   *
   * @param label the command's id, as given to {@link #generate}
   * @throws TokenRefused if several keys have it: two workers raced, or somebody else gave it to
   *     one, and nobody can tell
   */
  Optional<TokenKey> findByLabel(String label) throws TokenException;

  /**
   * The key pair with that id, whole and of a known suite.
   *
   * @throws TokenRefused if the id names several keys, which this room never causes
   */
  Optional<TokenKey> find(KeyId id) throws TokenException;

  /**
   * The key pair with that id as {@link #find} finds it, with how it is protected.
   *
   * @throws TokenRefused if the id names several keys
   */
  Optional<TokenReport.Key> protection(KeyId id) throws TokenException;

  /**
   * Everything this login can see, for operators and auditors. Decides nothing: it may be stale.
   */
  Inventory list() throws TokenException;

  /** The same with all that the token says of itself, its mechanisms and each key's protections. */
  TokenReport inspect() throws TokenException;

  /**
   * Makes a key pair in the token: permanent, private, sensitive, never extractable, and, where the
   * module takes it, neither copyable nor modifiable and bound to the suite's mechanism. What the
   * token then says of the key is read back; a key that is not as asked is destroyed and refused.
   *
   * @param id made fresh by the caller for this attempt, because some modules overwrite the key of
   *     an id that exists
   * @param label the command's id, by which a later attempt finds this key
   * @throws TokenRefused if the id is taken, the token lacks the suite, or the key was not as asked
   */
  TokenKey generate(KeyId id, String label, Suite suite) throws TokenException;

  /**
   * Signs the whole message, digested on this host. The form is that of X.509: DER {@code
   * Ecdsa-Sig-Value} for ECDSA (RFC 3279, section 2.2.3), 64 raw bytes for Ed25519 (RFC 8410,
   * section 6), PKCS#1 v1.5 for RSA (RFC 8017, section 8.2).
   *
   * <p>The length and range of what the token returned are checked here; whether it verifies is for
   * the caller to check, who knows which public key it must verify under.
   *
   * <p>The token is asked for at most one signature in a call: if its answer is lost, the call ends
   * with {@link TokenUnavailable}, and whoever repeats it records that first.
   *
   * @param message at least one byte; modules disagree on the empty message
   * @throws TokenRefused if there is no such key, or it is of another suite
   */
  byte[] sign(KeyId id, Suite suite, byte[] message) throws TokenException;

  /**
   * Destroys the private and the public object of exactly this key, and nothing else.
   *
   * @param publicKey DER {@code SubjectPublicKeyInfo}; must equal that of the key
   * @return false if there was nothing left to destroy
   * @throws TokenRefused if the id names a key with another public key, or several keys
   */
  boolean destroy(KeyId id, Bytes publicKey) throws TokenException;

  /** What has happened on this token since it was opened. */
  TokenCounters counters();

  /** Logs out and forgets the PIN. Calls under way end first; later ones are refused. */
  @Override
  void close();
}
