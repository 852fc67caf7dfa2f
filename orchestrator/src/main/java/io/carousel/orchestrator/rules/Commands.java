package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.Suite;
import java.util.ArrayList;
import java.util.List;

/** The key command that each wish of the log stands for. */
final class Commands {
  private Commands() {}

  static List<KeyCommand> of(House before, List<Event> events) {
    var commands = new ArrayList<KeyCommand>();
    KeyAdopted adopted = null;
    for (Event event : events) {
      switch (event) {
        case KeyRequested e -> commands.add(generate(e));
        case KeyDestructionRequested e -> commands.add(destroy(e));
        case KeyAdopted e -> adopted = e;
        case CaCertificateRequested e -> {
          Suite suite =
              before.authority(e.authority()).orElseThrow().generation(e.generation()).suite();
          commands.add(certify(e, adopted.key(), adopted.publicKey(), suite));
        }
        default -> {
          // asks nothing of a worker
        }
      }
    }
    return commands;
  }

  static GenerateKey generate(KeyRequested e) {
    return new GenerateKey(e.command(), e.authority(), e.generation(), e.slot(), e.suite());
  }

  static SignCaCertificate certify(
      CaCertificateRequested e, KeyId key, Bytes publicKey, Suite suite) {
    return new SignCaCertificate(
        e.command(), e.authority(), e.generation(), e.slot(), key, publicKey, suite, e.draft());
  }

  static DestroyKey destroy(KeyDestructionRequested e) {
    return new DestroyKey(
        e.command(), e.authority(), e.generation(), e.slot(), e.key(), e.publicKey());
  }
}
