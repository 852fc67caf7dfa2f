package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Golden;
import io.carousel.events.wire.Json;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A whole small log as it was written once, with the encoding and the hash of each record: the
 * worked example for whoever writes a verifier, and proof that ours has not drifted.
 */
class GoldenLogTest {
  /**
   * What the file holds.
   *
   * @param founder SubjectPublicKeyInfo
   */
  record GoldenLog(Bytes founder, List<GoldenRecord> records) {}

  /**
   * One record.
   *
   * @param value its bytes as UTF-8
   * @param encoding what is hashed, in hex
   */
  record GoldenRecord(
      String topic,
      Optional<String> key,
      SortedMap<String, String> headers,
      String value,
      String encoding,
      Digest hash) {
    static GoldenRecord of(Message m) {
      return new GoldenRecord(
          m.topic(),
          Optional.ofNullable(m.key()),
          new TreeMap<>(m.headers()),
          new String(m.value(), UTF_8),
          HexFormat.of().formatHex(MessageHash.encoding(m)),
          Authorship.hash(m));
    }

    Message message() {
      return new Message(topic, key.orElse(null), headers, value.getBytes(UTF_8));
    }
  }

  @Test
  void isWrittenAsEver() {
    List<GoldenRecord> records = Scribe.story().stream().map(GoldenRecord::of).toList();
    var log = new GoldenLog(Scribe.FOUNDER.publicKey(), records);
    Golden.check("log", Json.PLAIN.pretty(log).getBytes(UTF_8));
  }

  @Test
  void isReadAsEver() {
    GoldenLog log = Json.PLAIN.read(Golden.read("log"), GoldenLog.class);
    var history = History.fromStart(Optional.of(log.founder()));
    for (GoldenRecord record : log.records()) {
      assertThat(history.accept(record.message()).hash()).isEqualTo(record.hash());
    }
    assertThat(history.head().sequence()).isEqualTo(8);
  }
}
