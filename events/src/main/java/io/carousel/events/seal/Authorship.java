package io.carousel.events.seal;

import io.carousel.events.AuthorName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.Identifier;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Checks who wrote a record. Remembers the last signatures that held, so that a batch costs one
 * check. One thread at a time.
 */
public final class Authorship {
  private static final int REMEMBERED = 64;

  private final String prefix;
  private final Sha256 sha = new Sha256();
  private Map<Seen, Boolean> foreseen = Map.of();
  private final Map<Seen, Boolean> held =
      new LinkedHashMap<>(REMEMBERED * 2, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Seen, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** For records of that house. */
  public Authorship(HouseId house) {
    this.prefix = Author.prefix(house);
  }

  private record Seen(Bytes key, Claim claim) {
    boolean holds() {
      return verifies(key, claim.statement().toArray(), claim.signature().toArray());
    }
  }

  /**
   * Verifies the signatures of records that will be checked next, on all processors. Whatever the
   * roster says by then, each check comes to the same as without: a signature counts under the key
   * that it was verified under, and one that does not hold is found at its own record.
   *
   * @param known by name, as far as it is known now
   */
  void foresee(Collection<Unplaced> next, Function<AuthorName, Optional<KnownAuthor>> known) {
    foreseen =
        next.stream()
            .flatMap(record -> seen(record, known).stream())
            .filter(seen -> !held.containsKey(seen))
            .collect(Collectors.toSet())
            .parallelStream()
            .collect(Collectors.toMap(seen -> seen, Seen::holds));
  }

  /** As above, for messages of any topic. What is wrong with one is found when it is checked. */
  public void foreseeAll(
      Collection<Message> next, Function<AuthorName, Optional<KnownAuthor>> known) {
    foreseen =
        next.parallelStream()
            .flatMap(message -> seen(message, known).stream())
            .filter(seen -> !held.containsKey(seen))
            .collect(Collectors.toSet())
            .parallelStream()
            .collect(Collectors.toMap(seen -> seen, Seen::holds));
  }

  private Optional<Seen> seen(Message message, Function<AuthorName, Optional<KnownAuthor>> known) {
    try {
      var own = new Sha256();
      Claim claim = Claim.of(message, MessageHash.of(message, own), own);
      return known.apply(claimedAuthor(message)).map(a -> new Seen(a.publicKey(), claim));
    } catch (RuntimeException e) {
      // Told when the message is checked.
      return Optional.empty();
    }
  }

  private Optional<Seen> seen(Unplaced record, Function<AuthorName, Optional<KnownAuthor>> known) {
    try {
      Claim claim = record.claim();
      return known.apply(claimedAuthor(record.message())).map(a -> new Seen(a.publicKey(), claim));
    } catch (RuntimeException e) {
      // Told when the record is checked.
      return Optional.empty();
    }
  }

  /**
   * The author of a record.
   *
   * @param known by name
   * @throws ForgedRecord if it is unsigned, changed, of another house, or its author is unknown
   */
  public KnownAuthor check(Message message, Function<AuthorName, Optional<KnownAuthor>> known) {
    return check(message, () -> Claim.of(message, MessageHash.of(message, sha), sha), known);
  }

  /** As above, for a record that was read before. */
  public KnownAuthor check(Unplaced read, Function<AuthorName, Optional<KnownAuthor>> known) {
    return check(read.message(), read::claim, known);
  }

  private KnownAuthor check(
      Message message, Supplier<Claim> claims, Function<AuthorName, Optional<KnownAuthor>> known) {
    AuthorName name = claimedAuthor(message);
    KnownAuthor author =
        known
            .apply(name)
            .orElseThrow(() -> new ForgedRecord("author '%s' is not enrolled".formatted(name)));
    Claim claim = claims.get();
    var seen = new Seen(author.publicKey(), claim);
    if (held.get(seen) == null) {
      Boolean before = foreseen.get(seen);
      if (!(before == null ? seen.holds() : before)) {
        throw new ForgedRecord("the signature of author '%s' does not hold".formatted(name));
      }
      held.put(seen, true);
    }
    return author;
  }

  /** Who a record says it is from; nothing is checked but the form and the house. */
  public AuthorName claimedAuthor(Message message) {
    String source = message.need(Message.SOURCE);
    if (!source.startsWith(prefix)) {
      throw new ForgedRecord("the record is of another house");
    }
    String name = source.substring(prefix.length());
    if (name.indexOf('/') >= 0) {
      throw new ForgedRecord("the record names no author: " + Identifier.printable(name));
    }
    return Author.named(name);
  }

  /** Whether that Ed25519 signature holds; false also for a key that is none. */
  public static boolean verifies(Bytes publicKey, byte[] statement, byte[] signature) {
    return Ed25519Signature.verifies(publicKey, statement, signature);
  }

  /** The hash that the chain of the log and the trees of batches are made of. */
  public static Digest hash(Message message) {
    return Digest.ofHash(MessageHash.of(message));
  }
}
