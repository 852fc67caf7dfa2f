package io.carousel.signer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.HouseEvent.AuthorRemoved;
import io.carousel.events.HouseEvent.Founded;
import io.carousel.events.HouseId;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Placed;
import io.carousel.events.wire.Wire;
import io.carousel.signer.Asked;
import io.carousel.signer.TestLog;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final SlotName SLOT = new SlotName("hsm-a");

  private final TestLog log = new TestLog(HOUSE);
  private final Author founder = log.founder;
  private final Gate gate = new Gate(HOUSE, log.roll, log);

  @Test
  void anOrchestratorPasses() throws Exception {
    SigningCommand command = Asked.key(SLOT, Suite.ED25519);
    assertThat(gate.admit(signed(founder, command), KeyCommand.class)).isEqualTo(command);
  }

  @Test
  void aStrangerDoesNot() {
    forged(() -> gate.admit(signed(author("mallory"), command()), KeyCommand.class));
  }

  @Test
  void aStrangerUnderAKnownNameDoesNot() {
    forged(() -> gate.admit(signed(author("orchestrator-1"), command()), KeyCommand.class));
  }

  @Test
  void aWorkerWritesNoCommands() {
    Author worker = author("worker-1");
    enrol(worker, AuthorRole.WORKER, Optional.of(SLOT));
    forged(() -> gate.admit(signed(worker, command()), KeyCommand.class));
  }

  @Test
  void anEnrolmentNotYetReadIsReadFirst() throws Exception {
    Author second = author("orchestrator-2");
    enrol(second, AuthorRole.ORCHESTRATOR, Optional.empty());
    assertThat(gate.admit(signed(second, command()), KeyCommand.class)).isNotNull();
  }

  @Test
  void aRemovalNotYetReadIsReadFirst() throws Exception {
    Author second = author("orchestrator-2");
    enrol(second, AuthorRole.ORCHESTRATOR, Optional.empty());
    log.read();
    log.write(founder, new AuthorRemoved(second.name(), "test", "test", Instant.now()));
    forged(() -> gate.admit(signed(second, command()), KeyCommand.class));
  }

  @Test
  void withoutTheLogNobodyIsRefused() {
    log.unreachable();
    Message stranger = signed(author("mallory"), command());
    assertThatThrownBy(() -> gate.admit(stranger, SigningCommand.class))
        .isInstanceOf(LogUnreachable.class);
  }

  @Test
  void nothingMayBeChanged() {
    Message message = signed(founder, command());
    forged(() -> gate.admit(message.with(Message.TIME, "2026-01-01T00:00:00Z"), KeyCommand.class));
    forged(() -> gate.admit(message.with("more", "than was signed"), KeyCommand.class));
    byte[] value = message.value().clone();
    value[20] ^= 1;
    forged(() -> gate.admit(moved(message, message.topic(), value), KeyCommand.class));
  }

  /** Kafka's master may copy records from topic to topic. */
  @Test
  void aCommandCountsOnItsTopicAlone() {
    Message message = signed(founder, command());
    forged(
        () -> gate.admit(moved(message, "carousel.keys.hsm-b", message.value()), KeyCommand.class));
  }

  @Test
  void anotherHousesCommandDoesNotPass() {
    var other = new Author(new HouseId("f".repeat(32)), founder.name(), Author.newKey());
    forged(() -> gate.admit(signed(other, command()), KeyCommand.class));
  }

  @Test
  void keysAndLeavesComeTheirOwnWays() {
    refused(Refusal.UNREADABLE, () -> gate.admit(signed(founder, command()), SignLeaf.class));
  }

  @Test
  void theRecordsIdIsTheCommands() {
    SigningCommand command = command();
    Message draft = draft(founder, command, Asked.id().value());
    refused(
        Refusal.UNREADABLE,
        () -> gate.admit(founder.seal(List.of(draft)).getFirst(), KeyCommand.class));
  }

  @Test
  void whatNobodyCanReadIsRefusedByName() {
    Message draft =
        founder.draft(
            "carousel.keys.hsm-a",
            null,
            Asked.id().value(),
            "carousel.generate-key.v9",
            Instant.now(),
            "{}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> gate.admit(founder.seal(List.of(draft)).getFirst(), KeyCommand.class))
        .hasMessageContaining("carousel.generate-key.v9");
  }

  @Test
  void anotherFoundersLogIsNoLog() {
    var fooled = new Roll(author("orchestrator-1").publicKey());
    var founded = new Founded(HOUSE, founder.name(), founder.publicKey(), 1, Instant.now());
    Message founding = TestLog.message(founder, founded, Head.EMPTY);
    assertThat(fooled.accept(founding)).isInstanceOf(Placed.Stray.class);
    assertThat(fooled.house()).isEmpty();
  }

  private static Author author(String name) {
    return new Author(HOUSE, new AuthorName(name), Author.newKey());
  }

  private static SigningCommand command() {
    return Asked.key(SLOT, Suite.ECDSA_P256);
  }

  private void enrol(Author author, AuthorRole role, Optional<SlotName> slot) {
    log.write(
        founder,
        new AuthorEnrolled(author.name(), role, slot, author.publicKey(), "test", Instant.now()));
  }

  private static Message signed(Author by, SigningCommand command) {
    return by.seal(List.of(draft(by, command, command.command().value()))).getFirst();
  }

  private static Message draft(Author by, SigningCommand command, String id) {
    Wire.Typed typed = Wire.CURRENT.write(command);
    return by.draft("carousel.keys.hsm-a", null, id, typed.type(), Instant.now(), typed.value());
  }

  private static Message moved(Message message, String topic, byte[] value) {
    return new Message(topic, message.key(), message.headers(), value);
  }

  private static void forged(ThrowingCallable call) {
    refused(Refusal.FORGED, call);
  }

  private static void refused(Refusal refusal, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.why()).isEqualTo(refusal));
  }
}
