package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.KeyOrigin;
import io.carousel.events.SlotName;
import io.carousel.events.Statements;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.KeyFound;
import io.carousel.events.WorkerAct.KeyGenerated;
import java.util.List;
import java.util.Optional;

/**
 * A key that a worker shows in answer to a command.
 *
 * @param weaker in what it is less protected than is asked of keys, in words
 */
record ShownKey(
    CommandId answers,
    SlotName slot,
    KeyId key,
    Bytes publicKey,
    KeyOrigin origin,
    List<String> weaker,
    Bytes possession) {

  static ShownKey of(KeyGenerated act) {
    return new ShownKey(
        act.answers(),
        act.slot(),
        act.key(),
        act.publicKey(),
        act.found() ? KeyOrigin.RECOVERED : KeyOrigin.GENERATED,
        List.of(),
        act.possession());
  }

  static ShownKey of(KeyFound act) {
    return new ShownKey(
        act.answers(),
        act.slot(),
        act.key(),
        act.publicKey(),
        KeyOrigin.FOUND,
        act.weaker(),
        act.possession());
  }

  boolean is(Key known) {
    return known.keyId().filter(key::equals).isPresent()
        && known.publicKeyDigest().filter(publicKey.digest()::equals).isPresent();
  }

  /** Nothing if it is new to the house, of the suite, and in the worker's possession. */
  Optional<Refusal> flaw(House house, Suite suite) {
    if (OriginRules.isKnown(house, key) || OriginRules.isKnown(house, publicKey.digest())) {
      return Optional.of(new Refusal.KeyKnown(key));
    }
    Optional<String> flaw = Proofs.flaw(suite, publicKey);
    if (flaw.isPresent()) {
      return Optional.of(new Refusal.KeyUnusable("key " + key, flaw.get()));
    }
    byte[] statement =
        Statements.possessionOfKey(house.id().orElseThrow(), answers, slot, key, publicKey);
    return Proofs.verifies(suite, publicKey, statement, possession)
        ? Optional.empty()
        : Optional.of(new Refusal.ProofFailed(key));
  }

  /** Which says so. */
  KeyShown event(AuthorityName authority, int generation, Format format, Circumstances c) {
    return new KeyShown(
        authority,
        generation,
        slot,
        format,
        answers,
        key,
        publicKey,
        origin,
        weaker,
        possession,
        c.author().name(),
        c.now());
  }
}
