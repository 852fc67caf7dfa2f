package io.carousel.orchestrator.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.AuthorityEvent.KeyCommandFailed;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.RotationStarted;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.Examples;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.GateEvidence;
import io.carousel.events.HouseEvent.ActRefused;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.HouseEvent.RecordsRejected;
import io.carousel.events.HouseEvent.SlotRegistered;
import io.carousel.events.KeyId;
import io.carousel.events.RotationId;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.wire.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The history reads as a story. */
class StoryTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "story", "sentences.txt");
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
  private static final AuthorityName USER = new AuthorityName("user");
  private static final RotationId ROTATION = RotationId.of(USER, 1);
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final CommandId COMMAND = new CommandId("0195518e-2c7b-7a10-8123-456789abcdef");

  @Test
  void everyEventHasItsSentence() throws IOException {
    List<String> told =
        Examples.records().stream()
            .filter(Event.class::isInstance)
            .map(Event.class::cast)
            .map(e -> Wire.CURRENT.typeOf(e.getClass()) + ": " + Story.sentence(e))
            .toList();
    if (Boolean.getBoolean("carousel.golden.rewrite")) {
      Files.write(GOLDEN, told);
    }
    assertThat(told).isEqualTo(Files.readAllLines(GOLDEN));
  }

  @Test
  void everySentenceEndsAsOne() {
    assertThat(Examples.records().stream().filter(Event.class::isInstance))
        .allSatisfy(e ->
            assertThat(Story.sentence((Event) e)).matches("[A-Z0-9].*[^.]\\.").hasLineCount(1));
  }

  @Test
  void aRotationBegins() {
    assertThat(
            Story.sentence(
                new RotationStarted(
                    USER,
                    ROTATION,
                    1,
                    2,
                    FormatSuite.x509(Suite.ED25519),
                    "yearly rotation",
                    "local",
                    AT)))
        .isEqualTo(
            "Rotation user/1 of authority user began: generation 2 will succeed generation 1 (local: \"yearly rotation\").");
  }

  @Test
  void sentencesKnowTheirCases() {
    Bytes key = Bytes.of(new byte[] {1});
    assertThat(
            told(
                new AuthorEnrolled(
                    new AuthorName("orchestrator-2"),
                    AuthorRole.ORCHESTRATOR,
                    Optional.empty(),
                    key,
                    "local",
                    AT),
                new RecordsRejected(17, 17, 1, "nobody signed it", AT),
                new KeyCommandFailed(
                    USER, 2, SLOT, Format.X509, COMMAND, "busy", "try later.", false, AT),
                new KeyDestroyed(
                    USER,
                    2,
                    SLOT,
                    Format.X509,
                    COMMAND,
                    new KeyId("a1b2"),
                    Optional.of(new AuthorName("worker-a")),
                    AT),
                new ClientsUpdating(
                    USER,
                    ROTATION,
                    new GateEvidence(0, 0, Digest.of(new byte[0]), List.of(), List.of(), true),
                    "",
                    "local",
                    AT),
                new RotationStarted(
                    USER, ROTATION, 1, 2, FormatSuite.x509(Suite.ED25519), " ", "local", AT)))
        .containsExactly(
            "Orchestrator orchestrator-2 may now sign records (local).",
            "1 record at offset 17 of carousel.commands was rejected: nobody signed it.",
            "Slot hsm-a could not do what was asked for the x509 key of generation 2 of authority user (busy): try later; it will be asked again.",
            "Worker worker-a destroyed key a1b2 of generation 2 of authority user on slot hsm-a.",
            "Rotation user/1 entered update-clients: clients move to the successor; nobody was to be asked, as said with --nobody (local).",
            "Rotation user/1 of authority user began: generation 2 will succeed generation 1 (local).");
  }

  private static List<String> told(Event... events) {
    return Stream.of(events).map(Story::sentence).toList();
  }

  @Test
  void nothingInATextCanSteerATerminal() {
    String hostile = "\u001b[2J\r\nforged line\u202e\u2028\u0000\u0085\ud800\u200b";
    assertThat(
            told(
                new ActRefused(hostile, hostile, hostile, AT),
                new KeyCommandFailed(
                    USER, 1, SLOT, Format.X509, COMMAND, hostile, hostile, true, AT),
                new SlotRegistered(SLOT, hostile, hostile, hostile, AT)))
        .allSatisfy(s ->
            assertThat(s)
                .contains("\\u{1b}[2J\\u{d}\\u{a}forged line\\u{202e}\\u{2028}\\u{0}\\u{85}")
                .matches("[ -~]*"));
  }
}
