package io.carousel.orchestrator.application;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.HouseId;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.UnreadableDer;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Warrant;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.desk.Refusals;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a result of a leaf command counts: a worker of its slot wrote it, and an enrolled
 * orchestrator asked for just that. One thread at a time.
 */
final class ResultCheck {
  private final Authorship authorship;
  private final Function<AuthorName, Optional<KnownAuthor>> authors;

  /**
   * For results of that house.
   *
   * @param authors who is enrolled now, by name
   */
  ResultCheck(HouseId house, Function<AuthorName, Optional<KnownAuthor>> authors) {
    this.authorship = new Authorship(house);
    this.authors = authors;
  }

  /**
   * Why one does not count.
   *
   * @param code under which it is counted
   */
  record Flaw(String code, String why) {}

  /** What is wrong with who wrote it: not a worker of the slot, nor an orchestrator of no work. */
  static Optional<Flaw> ofAuthor(KnownAuthor author, LeafResult result) {
    boolean ofTheSlot =
        author.role() == AuthorRole.WORKER && author.slot().equals(Optional.of(result.slot()));
    boolean may =
        switch (result) {
          case LeafSigned _ -> ofTheSlot;
          case LeafRefused _ -> ofTheSlot || author.role() == AuthorRole.ORCHESTRATOR;
        };
    return may
        ? Optional.empty()
        : Optional.of(
            new Flaw(
                Refusals.RESULT_OF_ANOTHER_SLOT,
                "its author '%s' is no worker of that slot".formatted(author.name())));
  }

  /**
   * Verifies on all processors what results carry that are checked next, by who is enrolled now.
   * What is wrong with one is found at its own check.
   */
  void foresee(List<Message> results, Function<AuthorName, Optional<KnownAuthor>> known) {
    authorship.foreseeAll(
        results.parallelStream().flatMap(m -> carried(m).stream()).toList(), known);
  }

  private static Optional<Message> carried(Message message) {
    try {
      LeafResult result = Wire.CURRENT.leafResult(message.need(Message.TYPE), message.value());
      return Warrant.in(message, Topic.LEAVES.of(result.slot()));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  /** What is wrong with the command that it carries. */
  Optional<Flaw> ofCommand(Message message, LeafResult result) {
    try {
      LeafCommand command = command(message, result);
      return result.isOf(command, command.signer())
          ? Optional.empty()
          : Optional.of(
              new Flaw(Refusals.RESULT_DIFFERS, "it is not of what its command asked for"));
    } catch (ForgedRecord | UnreadableRecord | UnreadableDer e) {
      return Optional.of(
          new Flaw(Refusals.RESULT_UNASKED, "nobody is known to have asked: " + e.getMessage()));
    }
  }

  private LeafCommand command(Message message, LeafResult result) {
    Message carried =
        Warrant.in(message, Topic.LEAVES.of(result.slot()))
            .orElseThrow(() -> new ForgedRecord("it carries no command"));
    KnownAuthor author = authorship.check(carried, authors);
    if (author.role() != AuthorRole.ORCHESTRATOR) {
      throw new ForgedRecord("author '%s' may not write commands".formatted(author.name()));
    }
    SigningCommand read = Wire.CURRENT.signingCommand(carried.need(Message.TYPE), carried.value());
    if (!(read instanceof LeafCommand leaf)) {
      throw new ForgedRecord("it carries a command of another kind");
    }
    return leaf;
  }
}
