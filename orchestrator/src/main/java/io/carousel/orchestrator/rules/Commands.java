package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.Suite;

/** The key command that each wish of the log stands for. */
final class Commands {
  private Commands() {}

  static GenerateKey generate(KeyRequested e) {
    return new GenerateKey(e.command(), e.authority(), e.generation(), e.slot(), e.suite());
  }

  static SignCaCertificate certify(CaCertificateRequested e, Key.Adopted key, Suite suite) {
    return new SignCaCertificate(
        e.command(),
        e.authority(),
        e.generation(),
        e.slot(),
        key.id(),
        key.publicKey(),
        suite,
        e.draft());
  }

  static DestroyKey destroy(KeyDestructionRequested e) {
    return new DestroyKey(
        e.command(), e.authority(), e.generation(), e.slot(), e.key(), e.publicKey());
  }
}
