package io.carousel.signer.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.ParticipantName;
import io.carousel.events.SlotName;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Warrant;
import io.carousel.signer.Asked;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AnswersTest {
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final CommandId COMMAND = Asked.id();

  private final Author author =
      new Author(
          new HouseId("00112233445566778899aabbccddeeff"),
          new AuthorName("worker-a"),
          Author.newKey());

  private Message at(Instant now, WorkerAct act) {
    return new Answers(author, () -> now).of(act);
  }

  private static WorkerAct gone(boolean wasThere) {
    return new KeyGone(COMMAND, SLOT, new KeyId("00"), wasThere);
  }

  @Test
  void aRepeatIsKnownByItsId() {
    Message first = at(NOON, gone(true));
    Message again = at(NOON.plus(Duration.ofMinutes(59)), gone(true));
    assertThat(again.need(Message.ID)).isEqualTo(first.need(Message.ID));
    assertThat(at(NOON, gone(false)).need(Message.ID)).isNotEqualTo(first.need(Message.ID));
  }

  /** Ids older than what the owner remembers are refused, however long the token was away. */
  @Test
  void anAnswersIdIsAsYoungAsTheAnswer() {
    Instant later = COMMAND.madeAt().plus(Duration.ofDays(40));
    Instant made = new CommandId(at(later, gone(true)).need(Message.ID)).madeAt();
    assertThat(made).isBetween(later.minus(Duration.ofHours(1)), later);
  }

  @Test
  void answersAboutKeysGoToTheOwner() {
    Message message = at(NOON, gone(true));
    assertThat(message.topic()).isEqualTo("carousel.commands");
    assertThat(message.key()).isEqualTo("hsm-a");
  }

  @Test
  void answersAboutLeavesGoToTheRegister() {
    var refused =
        new LeafRefused(
            COMMAND,
            Asked.USER,
            1,
            SLOT,
            new ParticipantName("web-1"),
            Asked.serial(),
            "late",
            "too late");
    var command =
        new Message("carousel.leaves.hsm-a", null, new TreeMap<>(Map.of("a", "b")), new byte[0]);
    Message message = new Answers(author, () -> NOON).of(refused, command);
    assertThat(Warrant.in(message, command.topic())).contains(command);
    assertThat(message.topic()).isEqualTo("carousel.results");
    assertThat(message.key()).isEqualTo("user/" + refused.serial());
  }
}
