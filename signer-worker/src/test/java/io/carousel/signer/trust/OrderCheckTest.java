package io.carousel.signer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.HouseId;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.orders.Finding;
import io.carousel.signer.Asked;
import io.carousel.signer.TestLog;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A command is called unordered only once its event was read, and did not order it. */
@Timeout(30)
class OrderCheckTest {
  private static final SlotName A = new SlotName("hsm-a");

  private final TestLog log = new TestLog(new HouseId("00112233445566778899aabbccddeeff"));
  private GenerateKey command;

  @BeforeEach
  void order() {
    long created = log.write(Asked.created(List.of(A)));
    log.read();
    GenerateKey c = Asked.key(A, Suite.ECDSA_P256);
    command =
        new GenerateKey(
            c.command(), created + 1, c.authority(), c.generation(), A, c.format(), c.suite());
    log.write(
        new KeyRequested(
            c.authority(), c.generation(), A, c.format(), c.command(), c.suite(), Instant.now()));
  }

  @Test
  void whatIsNotReadYetIsRead() throws Exception {
    assertThat(log.roll.settled(command)).isEmpty();
    assertThat(new OrderCheck(log.roll, log).find(command)).isEqualTo(new Finding.Stands());
  }

  /** Kafka ends a transaction in one partition after the other. */
  @Test
  void commandThatIsSeenBeforeItsEventIsCommittedWaitsForIt() throws Exception {
    LogTail committing =
        new LogTail() {
          @Override
          public void catchUp() {
            // What is committed was read.
          }

          @Override
          public void catchUpWithWritten() {
            log.read();
          }
        };
    assertThat(new OrderCheck(log.roll, committing).find(command)).isEqualTo(new Finding.Stands());
  }

  @Test
  void nothingIsSaidWhileItsEventStaysUncommitted() {
    LogTail open =
        new LogTail() {
          @Override
          public void catchUp() {
            // What is committed was read.
          }

          @Override
          public void catchUpWithWritten() throws LogUnreachable {
            throw new LogUnreachable("a transaction is open", null);
          }
        };
    assertThatThrownBy(() -> new OrderCheck(log.roll, open).find(command))
        .isInstanceOf(LogUnreachable.class);
  }

  @Test
  void whatItsEventDidNotOrderIsSettledWithoutReading() throws Exception {
    log.read();
    var other =
        new GenerateKey(
            Asked.id(),
            command.event(),
            command.authority(),
            command.generation(),
            A,
            command.format(),
            command.suite());
    assertThat(new OrderCheck(log.roll, log).find(other)).isInstanceOf(Finding.Unordered.class);
    assertThat(log.catchUps()).isZero();
  }
}
