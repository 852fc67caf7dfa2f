package io.carousel.events;

import java.util.List;
import java.util.Optional;

/**
 * What a worker found when it looked at its token.
 *
 * @param label of the token
 * @param serial of the token
 * @param model of the token, with its manufacturer
 * @param module description and version of the PKCS#11 library
 * @param cryptoki version of PKCS#11 that the library speaks
 * @param firmware version of the device's firmware
 * @param suites that its mechanisms can make keys of and sign with
 * @param mechanisms names of those that suites rest on
 * @param keys every key pair of a suite that is there, by id
 * @param strays how many other objects there are, which nobody touches
 * @param limits what the worker that looked signs; empty of one that does not say
 * @param names that its worker signs; empty if it does not say
 * @param ambiguous CKA_IDs that several keys of one kind have, so that none of them is among {@code
 *     keys}; sorted
 */
public record SlotReport(
    String label,
    String serial,
    String model,
    String module,
    String cryptoki,
    String firmware,
    List<Suite> suites,
    List<String> mechanisms,
    List<SeenKey> keys,
    int strays,
    Optional<WorkerLimits> limits,
    Optional<NameBounds> names,
    List<KeyId> ambiguous) {
  /** Most keys that a report has room for. */
  public static final int MOST_KEYS = 400;

  private static final int TEXT_LIMIT = 200;
  private static final int MOST_MECHANISMS = 100;

  /** Of a worker that does not say what it signs. */
  public SlotReport(
      String label,
      String serial,
      String model,
      String module,
      String cryptoki,
      String firmware,
      List<Suite> suites,
      List<String> mechanisms,
      List<SeenKey> keys,
      int strays) {
    this(
        label,
        serial,
        model,
        module,
        cryptoki,
        firmware,
        suites,
        mechanisms,
        keys,
        strays,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /** Makes texts fit for a terminal: what a token says is nobody's to trust. */
  public SlotReport {
    label = Identifier.plain(label, TEXT_LIMIT);
    serial = Identifier.plain(serial, TEXT_LIMIT);
    model = Identifier.plain(model, TEXT_LIMIT);
    module = Identifier.plain(module, TEXT_LIMIT);
    cryptoki = Identifier.plain(cryptoki, TEXT_LIMIT);
    firmware = Identifier.plain(firmware, TEXT_LIMIT);
    suites = suites.stream().distinct().sorted().toList();
    mechanisms =
        mechanisms.stream()
            .limit(MOST_MECHANISMS)
            .map(m -> Identifier.plain(m, TEXT_LIMIT))
            .distinct()
            .sorted()
            .toList();
    keys = List.copyOf(keys);
    ambiguous = ambiguous.stream().distinct().sorted().limit(MOST_KEYS).toList();
    if (keys.size() > MOST_KEYS) {
      throw new IllegalArgumentException(
          "a report has room for %d keys, and the token has %d".formatted(MOST_KEYS, keys.size()));
    }
  }

  /** Of a worker that does not say which names it signs. */
  public SlotReport(
      String label,
      String serial,
      String model,
      String module,
      String cryptoki,
      String firmware,
      List<Suite> suites,
      List<String> mechanisms,
      List<SeenKey> keys,
      int strays,
      Optional<WorkerLimits> limits) {
    this(
        label,
        serial,
        model,
        module,
        cryptoki,
        firmware,
        suites,
        mechanisms,
        keys,
        strays,
        limits,
        Optional.empty(),
        List.of());
  }

  /**
   * A key pair in the token.
   *
   * @param publicKey SHA-256 of its SubjectPublicKeyInfo
   * @param weaker in what it is less protected than is asked of keys, in words
   * @param trial SHA-256 of the message that it signed for a trial, which held; empty if it was not
   *     asked to, since the log does not expect it
   * @param failure why its trial failed
   * @param doubtful what of that speaks against adopting it, in words
   */
  public record SeenKey(
      KeyId key,
      Digest publicKey,
      Suite suite,
      List<String> weaker,
      Optional<Digest> trial,
      Optional<String> failure,
      List<String> doubtful) {
    /** With nothing that speaks against it. */
    public SeenKey(
        KeyId key,
        Digest publicKey,
        Suite suite,
        List<String> weaker,
        Optional<Digest> trial,
        Optional<String> failure) {
      this(key, publicKey, suite, weaker, trial, failure, List.of());
    }

    /** Copies; makes texts fit for a terminal. */
    public SeenKey {
      weaker = weaker.stream().map(w -> Identifier.plain(w, TEXT_LIMIT)).sorted().toList();
      doubtful = doubtful.stream().map(w -> Identifier.plain(w, TEXT_LIMIT)).sorted().toList();
      failure = failure.map(f -> Identifier.plain(f, TEXT_LIMIT));
    }
  }
}
