package io.carousel.orchestrator.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import io.carousel.orchestrator.evidence.IssuedRegister;
import io.carousel.orchestrator.log.TopicTail;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot of the register is used where nothing is doubtful about it, and nowhere else. */
@Timeout(60)
class RegisterSnapshotTest {
  private static final HouseId CLUSTER = new HouseId("00112233445566778899aabbccddeeff");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final KnownAuthor WORKER =
      new KnownAuthor(
          new AuthorName("worker-1"),
          AuthorRole.WORKER,
          Optional.of(new SlotName("hsm-a")),
          Bytes.of(new byte[] {1}));

  @TempDir Path folder;
  private final Map<Long, Digest> topic = new HashMap<>();
  private final IssuedRegister register = new IssuedRegister(_ -> Optional.empty());

  private Path file() {
    return folder.resolve("register.snapshot");
  }

  private RegisterSnapshot snapshot(HouseId cluster) {
    return new RegisterSnapshot(
        (partition, offset) -> Optional.ofNullable(partition == 0 ? topic.get(offset) : null),
        cluster,
        file());
  }

  private static Message message(long offset) {
    return new Message(
        Topic.RESULTS.topicName(),
        "user/" + offset,
        new TreeMap<>(Map.of(Message.ID, "id-" + offset)),
        new byte[] {(byte) offset});
  }

  private static TopicTail.Received received(long offset) {
    return new TopicTail.Received(message(offset), WORKER, 0, offset, NOW);
  }

  private static LeafSigned token(long serial) {
    return new LeafSigned(
        CommandId.of(NOW, new byte[10]),
        new AuthorityName("user"),
        1,
        new SlotName("hsm-a"),
        new ParticipantName("m-" + serial),
        Digest.of(new byte[] {2}),
        Format.JWT,
        Profile.CLIENT,
        Serial.of(BigInteger.valueOf(serial)),
        Digest.of(new byte[] {1}),
        NOW.plusSeconds(3_600),
        Digest.of(new byte[] {4}),
        Bytes.of(new byte[] {3}));
  }

  @BeforeEach
  void keepTen() {
    for (long offset = 0; offset < 10; offset++) {
      topic.put(offset, Authorship.hash(message(offset)));
      register.take(token(offset + 1));
    }
    snapshot(CLUSTER).keep(register, Map.of(0, received(9)), NOW);
  }

  private Optional<Map<Integer, Long>> restored(HouseId cluster, long size) {
    var back = new IssuedRegister(_ -> Optional.empty());
    Optional<Map<Integer, Long>> next = snapshot(cluster).restore(back);
    assertThat(back.size()).isEqualTo(size);
    return next;
  }

  @Test
  void itGoesOnBehindTheLastRecordRead() {
    assertThat(restored(CLUSTER, 10)).contains(Map.of(0, 10L));
    assertThat(restored(CLUSTER, 10)).contains(Map.of(0, 10L));
  }

  @Test
  void ofAnotherClusterItIsThrownAway() {
    assertThat(restored(new HouseId("ff112233445566778899aabbccddeeff"), 0)).isEmpty();
    assertThat(file()).doesNotExist();
  }

  @Test
  void whereTheTopicHoldsAnotherRecordItIsThrownAway() {
    topic.put(9L, Authorship.hash(message(8)));
    assertThat(restored(CLUSTER, 0)).isEmpty();
    assertThat(file()).doesNotExist();
  }

  @Test
  void whereTheTopicIsShorterItIsThrownAway() {
    topic.remove(9L);
    assertThat(restored(CLUSTER, 0)).isEmpty();
  }

  @Test
  void anyChangedByteThrowsItAway() throws IOException {
    byte[] whole = Files.readAllBytes(file());
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(file(), changed);
      assertThat(restored(CLUSTER, 0)).as("byte %d", at).isEmpty();
    }
  }

  @Test
  void cutOffAnywhereItIsThrownAway() throws IOException {
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      assertThat(restored(CLUSTER, 0)).as("length %d", length).isEmpty();
    }
  }

  @Test
  void whereItCannotBeWrittenTheOldOneStays() throws IOException {
    byte[] before = Files.readAllBytes(file());
    Files.createDirectory(folder.resolve("register.snapshot.new"));
    Files.createFile(folder.resolve("register.snapshot.new/in-the-way"));
    register.take(token(11));
    snapshot(CLUSTER).keep(register, Map.of(0, received(10)), NOW);
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
    assertThat(restored(CLUSTER, 10)).contains(Map.of(0, 10L));
  }
}
