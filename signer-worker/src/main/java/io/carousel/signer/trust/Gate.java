package io.carousel.signer.trust;

import io.carousel.events.AuthorRole;
import io.carousel.events.HouseId;
import io.carousel.events.SigningCommand;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.events.wire.Wire;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.util.Collection;
import java.util.List;

/**
 * Lets through what an enrolled orchestrator signed, and nothing else. A command may come before
 * the tail has read its author's enrolment, and after it has read its removal: so the log is read
 * to its end before anybody is refused, and, for the rare and heavy work on keys, before anything
 * is let through. That is done once for a batch, and after the signature was looked at, so that
 * many records of a stranger cost no more than to look at each. One thread at a time.
 */
public final class Gate {
  /** For fewer records, handing them to other threads costs more than it saves. */
  private static final int MANY = 32;

  private final Roll roll;
  private final LogTail tail;
  private final Authorship authorship;
  private boolean caughtUp;

  /** Of that house. */
  public Gate(HouseId house, Roll roll, LogTail tail) {
    this.roll = roll;
    this.tail = tail;
    this.authorship = new Authorship(house);
  }

  /**
   * What is admitted from now on was in hand by now: once the log is read, that is enough. The
   * signatures of a large batch are verified on all processors.
   */
  public void nextBatch(Collection<Message> batch) {
    caughtUp = false;
    authorship.foreseeAll(batch.size() < MANY ? List.of() : batch, roll::author);
  }

  /**
   * The command in that record.
   *
   * @param family what may come this way
   * @throws Refused as {@link Refusal#FORGED} or {@link Refusal#UNREADABLE}
   * @throws LogUnreachable if nobody can say whether to let it through
   */
  public <C extends SigningCommand> C admit(Message message, Class<C> family)
      throws Refused, LogUnreachable {
    boolean heavy = SigningCommand.KeyCommand.class.isAssignableFrom(family);
    KnownAuthor author = author(message);
    if (heavy && !caughtUp) {
      catchUp();
      author = author(message);
    }
    if (author.role() != AuthorRole.ORCHESTRATOR) {
      throw new Refused(
          Refusal.FORGED, "author '%s' may not write commands".formatted(author.name()));
    }
    return read(message, family);
  }

  private KnownAuthor author(Message message) throws Refused, LogUnreachable {
    try {
      return authorship.check(message, roll::author);
    } catch (ForgedRecord e) {
      if (caughtUp) {
        throw new Refused(Refusal.FORGED, e.getMessage(), e);
      }
      catchUp();
      return author(message);
    }
  }

  private void catchUp() throws LogUnreachable {
    tail.catchUp();
    caughtUp = true;
  }

  private static <C extends SigningCommand> C read(Message message, Class<C> family)
      throws Refused {
    try {
      SigningCommand command =
          Wire.CURRENT.signingCommand(message.need(Message.TYPE), message.value());
      if (!family.isInstance(command)) {
        throw new Refused(
            Refusal.UNREADABLE, "%s does not belong on this topic".formatted(message));
      }
      if (!message.need(Message.ID).equals(command.command().value())) {
        throw new Refused(Refusal.UNREADABLE, "the record's id is not the id of the command in it");
      }
      return family.cast(command);
    } catch (ForgedRecord | UnreadableRecord | IllegalArgumentException e) {
      throw new Refused(Refusal.UNREADABLE, e.getMessage(), e);
    }
  }
}
