package io.carousel.signer;

import io.carousel.events.KeyId;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.SignLeaf;
import java.time.Instant;

/** A leaf command with one thing changed, and an id of its own. */
record Leaf(SignLeaf sound) {
  static Leaf of(SignLeaf sound) {
    return new Leaf(sound);
  }

  SignLeaf deadline(Instant other) {
    return with(sound.key(), sound.profile(), sound.notAfter(), other);
  }

  SignLeaf profile(Profile other) {
    return with(sound.key(), other, sound.notAfter(), sound.deadline());
  }

  SignLeaf notAfter(Instant other) {
    return with(sound.key(), sound.profile(), other, sound.deadline());
  }

  SignLeaf key(KeyId other) {
    return with(other, sound.profile(), sound.notAfter(), sound.deadline());
  }

  private SignLeaf with(KeyId key, Profile profile, Instant notAfter, Instant deadline) {
    return new SignLeaf(
        Asked.id(),
        sound.authority(),
        sound.generation(),
        sound.slot(),
        key,
        sound.suite(),
        sound.issuer(),
        sound.participant(),
        sound.identity(),
        profile,
        sound.publicKey(),
        Asked.serial(),
        sound.notBefore(),
        notAfter,
        sound.phaseSequence(),
        deadline);
  }
}
