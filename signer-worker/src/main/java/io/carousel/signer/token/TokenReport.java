package io.carousel.signer.token;

import io.carousel.events.Suite;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything a token says of itself, and what one login can see in it: for operators who are about
 * to trust it. Decides nothing.
 *
 * @param token what it is called
 * @param versions of library, interface and device
 * @param flags names of its flags that are set, as {@code CKF_RNG} (PKCS#11 2.40, section 3.2)
 * @param mechanisms those of its mechanisms that suites rest on, in order of their names
 * @param suites those it can both make keys of and sign with
 * @param keys whole key pairs of known suites, in order of their ids
 * @param strays everything else
 */
public record TokenReport(
    TokenInfo token,
    Versions versions,
    Set<String> flags,
    List<Mechanism> mechanisms,
    Set<Suite> suites,
    List<Key> keys,
    List<Inventory.Stray> strays) {

  /** Keeps copies. */
  public TokenReport {
    flags = sorted(flags);
    mechanisms = List.copyOf(mechanisms);
    suites = Collections.unmodifiableSet(new TreeSet<>(suites));
    keys = List.copyOf(keys);
    strays = List.copyOf(strays);
  }

  private static Set<String> sorted(Set<String> names) {
    return Collections.unmodifiableSet(new TreeSet<>(names));
  }

  /**
   * Versions as {@code major.minor}.
   *
   * @param cryptoki of PKCS#11 itself, as the library implements it
   * @param libraryManufacturer who made the library
   * @param libraryDescription what they call it
   * @param library its version
   * @param hardware of the device
   * @param firmware of the device
   */
  public record Versions(
      String cryptoki,
      String libraryManufacturer,
      String libraryDescription,
      String library,
      String hardware,
      String firmware) {}

  /**
   * A mechanism and what the token does with it.
   *
   * @param name as {@code CKM_ECDSA}
   * @param minKeySize as the token tells it: usually bits
   * @param maxKeySize as the token tells it: usually bits
   * @param flags names of its flags that are set, as {@code CKF_SIGN}
   */
  public record Mechanism(String name, long minKeySize, long maxKeySize, Set<String> flags) {
    /** Keeps a copy. */
    public Mechanism {
      flags = sorted(flags);
    }
  }

  /**
   * A key pair and how it is protected.
   *
   * @param key with what the token claims about its private half
   * @param denied what the token says is not so; on the rest it is silent
   */
  public record Key(TokenKey key, Set<Protection> denied) {
    /** What the past of a key must not speak against: who had it outside may have kept it. */
    private static final Set<Protection> PAST =
        EnumSet.of(Protection.ALWAYS_SENSITIVE, Protection.NEVER_EXTRACTABLE, Protection.MADE_HERE);

    /** Keeps a copy. */
    public Key {
      denied = Set.copyOf(denied);
    }

    /**
     * In what it is weaker than is asked of a key that others made: what must not be kept silent,
     * and what the token denies of its past. How it may be copied or changed was theirs to choose.
     */
    public Set<Protection> doubtful() {
      Set<Protection> doubtful = EnumSet.copyOf(PAST);
      doubtful.retainAll(denied);
      Protection.REQUIRED.stream()
          .filter(p -> !key.protections().contains(p))
          .forEach(doubtful::add);
      return doubtful;
    }

    /** In what it is weaker than required: what is denied, and what must not be kept silent. */
    public Set<Protection> lacking() {
      Set<Protection> lacking = EnumSet.copyOf(Protection.REQUIRED);
      lacking.removeAll(key.protections());
      lacking.addAll(denied);
      return lacking;
    }
  }
}
