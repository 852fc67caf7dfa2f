package io.carousel.orchestrator.rules;

import io.carousel.events.Digest;
import io.carousel.events.ForeignKey;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyPlace;
import io.carousel.events.Origin;
import io.carousel.events.Suite;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/**
 * What an authority signs with between two rotations: one key for each slot and format.
 *
 * @param formats the suite of each format
 * @param keys those in the house's own slots; none if it is verify-only
 * @param origin where its keys come from, beside those that were generated
 * @param retrusted whether it is trusted once more, after it was retired
 * @param foreignCrls of CAs elsewhere, by SHA-256 of their SubjectPublicKeyInfo
 */
public record Generation(
    int number,
    List<FormatSuite> formats,
    SortedMap<KeyPlace, Key> keys,
    Origin origin,
    boolean retrusted,
    SortedMap<Digest, ForeignCrls> foreignCrls) {
  /** Keeps the keys in a persistent map. */
  public Generation {
    formats = List.copyOf(formats);
    keys = House.persistent(keys);
    foreignCrls = House.persistent(foreignCrls);
  }

  static Generation of(int number, List<FormatSuite> formats) {
    return of(number, formats, Origin.NEW);
  }

  static Generation of(int number, List<FormatSuite> formats, Origin origin) {
    return new Generation(number, formats, TreePMap.empty(), origin, false, TreePMap.empty());
  }

  Generation with(Key key) {
    return new Generation(
        number,
        formats,
        House.persistent(keys).plus(key.place(), key),
        origin,
        retrusted,
        foreignCrls);
  }

  Generation retrusted(boolean now) {
    return new Generation(number, formats, keys, origin, now, foreignCrls);
  }

  Generation with(Digest key, ForeignCrls crls) {
    return new Generation(
        number, formats, keys, origin, retrusted, House.persistent(foreignCrls).plus(key, crls));
  }

  /** What is known of the CRLs of that CA elsewhere. */
  public ForeignCrls foreignCrls(Digest key) {
    return foreignCrls.getOrDefault(key, ForeignCrls.NONE);
  }

  /** The CAs elsewhere whose certificates were imported. */
  public Stream<ForeignKey> foreignCas() {
    return origin.imported().stream().filter(k -> k.format() == Format.X509);
  }

  /** Whether its keys are elsewhere, and nothing is signed by it here. */
  public boolean verifyOnly() {
    return origin.verifyOnly();
  }

  /** What was asked for and did not come is not wanted any more. */
  Generation withdrawn() {
    Generation out = this;
    for (Key key : keys.values()) {
      if (key instanceof Key.Wanted wanted) {
        out = out.with(new Key.Withdrawn(wanted.place(), wanted.command()));
      }
    }
    return out;
  }

  /** The suite of that format, which it must have. */
  public Suite suite(Format format) {
    return formats.stream()
        .filter(f -> f.format() == format)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("generation %d has no %s".formatted(number, format)))
        .suite();
  }

  /** The keys that can sign. */
  public Stream<Key.Ready> ready() {
    return keys.values().stream().filter(Key.Ready.class::isInstance).map(Key.Ready.class::cast);
  }

  /** The keys of that format that can sign. */
  public Stream<Key.Ready> ready(Format format) {
    return ready().filter(k -> k.format() == format);
  }

  /** The keys that are there and not on their way out. */
  Stream<Key.Living> living() {
    return keys.values().stream().filter(Key.Living.class::isInstance).map(Key.Living.class::cast);
  }

  /** Whether every key it wants can sign; not if it is verify-only. */
  public boolean complete() {
    return !keys.isEmpty() && ready().count() == keys.size();
  }

  /** Whether that key (SHA-256 of its SubjectPublicKeyInfo) is one of its own. */
  public boolean owns(Digest publicKey) {
    return keys.values().stream()
            .anyMatch(k -> k.publicKeyDigest().filter(publicKey::equals).isPresent())
        || origin.imported().stream().anyMatch(k -> k.publicKey().digest().equals(publicKey));
  }

  /** Whether that key is one of its own and of that format. */
  boolean owns(Digest publicKey, Format format) {
    return keys.values().stream()
        .anyMatch(
            k -> k.format() == format && k.publicKeyDigest().filter(publicKey::equals).isPresent());
  }
}
