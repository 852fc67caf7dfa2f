package io.carousel.deploy.node;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.OperatorAct;
import io.carousel.events.OperatorAct.EnrolAuthor;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.RegisterSlot;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.seal.AuthorKeyFile;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.rules.House;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Makes the node's slots and workers known to the house, once, and tells each worker its part. */
record Enrolment(NodeFolder folder, Path module) {
  /** Who asks for what a node needs by itself. */
  static final String OPERATOR = "node";

  private static final int TRIES = 10;
  private static final Duration PAUSE = Duration.ofMillis(500);

  private static AuthorName author(SlotName slot) {
    return new AuthorName("worker-" + slot);
  }

  private Path key(SlotName slot) {
    return folder.slot(slot).resolve("identity.key");
  }

  /** Registers the slot and enrols its worker, unless the house knows them. */
  void enrol(FrontDesk desk, SlotName slot) throws IOException, NodeTrouble {
    House house = desk.house();
    if (!house.slots().containsKey(slot)) {
      ask(
          desk,
          new RegisterSlot(
              slot,
              module.getFileName().toString(),
              "a token in the node's data folder; its PIN lies beside it",
              OPERATOR));
    }
    if (!house.authors().containsKey(author(slot))) {
      Bytes publicKey = publicKey(key(slot));
      ask(
          desk,
          new EnrolAuthor(author(slot), AuthorRole.WORKER, Optional.of(slot), publicKey, OPERATOR));
      // So that a suite which the token lacks is refused before any key is asked for.
      ask(desk, new InspectSlot(slot, OPERATOR));
    }
  }

  private static Bytes publicKey(Path file) throws IOException {
    return Bytes.of(AuthorKeyFile.readOrCreate(file).getPublic().getEncoded());
  }

  /** Asks until the outcome is known: after a kill there may be no owner for a few seconds. */
  static void ask(FrontDesk desk, OperatorAct act) throws NodeTrouble {
    byte[] random = new byte[10];
    new SecureRandom().nextBytes(random);
    CommandId command = CommandId.of(Instant.now(), random);
    for (int left = TRIES; ; left--) {
      try {
        if (desk.ask(command, act) instanceof Reply.Refused refused) {
          throw new NodeTrouble(refused.reason());
        }
        return;
      } catch (Declined e) {
        if (left == 0) {
          throw new NodeTrouble(e.getMessage(), e);
        }
        pause();
      }
    }
  }

  private static void pause() throws NodeTrouble {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NodeTrouble("interrupted", e);
    }
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("'") && value.endsWith("'");
    return quoted ? value.substring(1, value.length() - 1).replace("''", "'") : value;
  }

  /**
   * Writes the configuration of a slot's worker: what is missing in it, and what follows from how
   * the node runs now. What its operator has written stays.
   *
   * @param founder file of the key that founds the house, or has founded it
   * @param adopt whether it may adopt keys that it did not make
   * @param putRight whether somebody has just put the PIN right, so that the worker logs in though
   *     the token says that few tries are left
   */
  void configure(SlotName slot, String bootstrap, Path founder, boolean adopt, boolean putRight)
      throws IOException {
    Path file = folder.slot(slot).resolve("worker.yaml");
    String before = Files.exists(file) ? Files.readString(file) : "";
    WorkerYaml yaml = WorkerYaml.of(before).keep("", "slot", slot.value());
    // A module that has moved, as with another version of its package, is followed.
    String told = unquoted(yaml.value("token", "module"));
    if (told.isEmpty() || !Files.exists(Path.of(told))) {
      yaml.set("token", "module", quoted(module));
    }
    yaml.keep("token", "label", slot.value())
        .keep("token", "pinFile", quoted(folder.slot(slot).resolve("pin")))
        .set("token", "spendLastTries", String.valueOf(putRight))
        .set("kafka", "bootstrapServers", bootstrap)
        .keep("kafka", "startWithin", "60s")
        .set("house", "founder", publicKey(founder).base64())
        .keep("author", "name", author(slot).value())
        .keep("author", "keyFile", quoted(key(slot)))
        .whileStartedSo(adopt, "limits", "adopt");
    if (!yaml.text().equals(before)) {
      NodeFolder.replace(file, yaml.text());
    }
  }

  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }
}
