package io.carousel.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.CrlNumber;
import io.carousel.events.Digest;
import io.carousel.events.KeyId;
import io.carousel.events.SlotReport;
import io.carousel.events.Suite;
import io.carousel.orchestrator.cli.Terminal.Ran;
import io.carousel.orchestrator.http.FakeDesk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code carousel authority create} with keys from elsewhere, {@code retrust}, {@code distrust}.
 */
class TrustCommandsTest {
  private static final String JWK =
      """
      {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
       "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","kid":"1"}
      """;

  @TempDir Path folder;
  private Terminal terminal;

  @BeforeEach
  void start() throws IOException {
    terminal = new Terminal(folder, FakeDesk.withSlots("hsm-a"));
  }

  @AfterEach
  void stop() {
    terminal.close();
  }

  private void completed() {
    terminal.run("authority", "create", "user");
    terminal.desk.keysCome("user");
    terminal.run("rotation", "start", "user");
    terminal.desk.keysCome("user");
    for (int gate = 0; gate < 3; gate++) {
      assertThat(terminal.run("rotation", "advance", "user", "--nobody").exit()).isZero();
    }
  }

  @Test
  void aGenerationIsTrustedOnceMoreAndNotAnyMore() {
    completed();
    Ran ran = terminal.run("authority", "retrust", "user", "--generation=1", "--reason=forgotten");
    assertThat(ran)
        .isEqualTo(
            new Ran(
                0,
                """
                Generation 1 of authority user is trusted once more; it signs nothing but its CRLs, and its keys stay.
                Next: 'carousel authority distrust user --generation 1 --reason WHY' ends it.
                """,
                ""));
    assertThat(terminal.run("authority", "show", "user").out()).contains("trusted once more");
    assertThat(terminal.run("rotation", "status", "user").out())
        .contains("Retrusted:  generation 1, beside those in use");
    Ran early = terminal.run("authority", "distrust", "user", "--generation=1", "--reason=moved");
    assertThat(early.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(early.err()).contains("say --nobody if nobody is");
    assertThat(
            terminal.run(
                "authority", "distrust", "user", "--generation=1", "--nobody", "--reason=moved"))
        .isEqualTo(
            new Ran(
                0,
                "Generation 1 of authority user is not trusted any more; the hold of its keys begins anew.\n",
                ""));
  }

  @Test
  void bothAskForAGenerationAndAReason() {
    for (String command : List.of("retrust", "distrust")) {
      Ran bare = terminal.run("authority", command, "user");
      assertThat(bare.exit()).isEqualTo(ExitCode.USAGE);
      assertThat(bare.err()).contains("--generation", "--reason");
    }
  }

  @Test
  void publicKeysOfAnotherCaAreImported() throws IOException {
    Path file = Files.writeString(folder.resolve("keys.json"), JWK);
    Ran ran =
        terminal.run("authority", "create", "user", "--format=jwt", "--import", file.toString());
    assertThat(ran)
        .isEqualTo(
            new Ran(
                0,
                "Authority user is open: generation 1 is verify-only, and the first rotation moves its fleet to keys on hsm-a.\n",
                ""));
    assertThat(terminal.run("authority", "show", "user").out())
        .contains("1           elsewhere  jwt     trusted, verify-only");
    assertThat(terminal.run("rotation", "forecast", "user", "--without", "1").out())
        .contains("Generation 1 has issued elsewhere", "Breaks: nobody that the log knows");
    assertThat(terminal.run("rotation", "status", "user").out())
        .contains("Elsewhere:  generation 1 is verify-only");
  }

  @Test
  void aPrivateKeyIsNotSentAnywhere() throws IOException {
    for (String secret :
        List.of(
            "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n",
            "\n{\"keys\":[{\"kty\":\"EC\", \"d\" : \"AA\"}]}",
            "{\"kty\":\"oct\",\"k\":\"AA\"}")) {
      Path file = Files.writeString(folder.resolve("ca.key"), secret);
      int before = terminal.desk.decided();
      Ran ran = terminal.run("authority", "create", "user", "--import", file.toString());
      assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
      assertThat(ran.err()).contains("which was not sent anywhere");
      assertThat(terminal.desk.decided()).isEqualTo(before);
    }
  }

  @Test
  void whatIsLeftOutOfAnImportIsSaid() throws IOException {
    String other = JWK.replace("\"kid\":\"1\"", "\"kid\":\"realm-enc\",\"use\":\"enc\"");
    Path file =
        Files.writeString(folder.resolve("keys.json"), "{\"keys\":[%s,%s]}".formatted(JWK, other));
    Ran ran =
        terminal.run("authority", "create", "user", "--format=jwt", "--import", file.toString());
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.err())
        .contains("the key with the kid 'realm-enc' is left out: its use is 'enc', and not sig");
  }

  @Test
  void filesThatAreNotThereOrTooLongAreNamed() throws IOException {
    Path none = folder.resolve("none.pem");
    assertThat(terminal.run("authority", "create", "user", "--import", none.toString()).err())
        .contains("none.pem cannot be read");
    Path large = Files.write(folder.resolve("large.pem"), new byte[200_000]);
    assertThat(terminal.run("authority", "create", "user", "--import", large.toString()).err())
        .contains("it is no file of public keys");
    Path text = Files.writeString(folder.resolve("ca.pem"), "no certificate");
    assertThat(
            terminal.run("authority", "create", "user", "--adopt", "hsm-a/x509=01:" + text).err())
        .contains("holds no certificate in PEM or DER");
  }

  @Test
  void aKeyOfATokenIsAdopted() {
    assertThat(terminal.run("authority", "create", "user", "--adopt=hsm-a/x509=0A").err())
        .contains("carousel slot check hsm-a");
    seen(new KeyId("0a"));
    Ran weak = terminal.run("authority", "create", "user", "--adopt=hsm-a/x509=0A");
    assertThat(weak.err()).contains("not never extractable", "--accept-weak");
    Ran ran =
        terminal.run(
            "authority",
            "create",
            "user",
            "--adopt=hsm-a/x509=0A",
            "--accept-weak",
            "--crl-number=0x1B1AE4D6E2EF500000");
    assertThat(ran.exit()).as(ran.err()).isZero();
    var adopted = terminal.desk.house().authorities().firstEntry().getValue().generation(1);
    assertThat(adopted.origin().adopted().getFirst().key()).isEqualTo(new KeyId("0a"));
    assertThat(adopted.origin().adopted().getFirst().crlNumber())
        .isEqualTo(new CrlNumber("500000000000000000000"));
  }

  private void seen(KeyId key) {
    terminal.desk.ask(
        io.carousel.events.CommandId.of(FakeDesk.NOON, new byte[10]),
        new io.carousel.events.OperatorAct.InspectSlot(
            new io.carousel.events.SlotName("hsm-a"), "local"));
    terminal.desk.tokenSeen(
        "hsm-a",
        new SlotReport(
            "hsm-a",
            "00",
            "fake",
            "fake",
            "2.40",
            "1.0",
            List.of(Suite.ECDSA_P256),
            List.of(),
            List.of(
                new SlotReport.SeenKey(
                    key,
                    Digest.of(new byte[] {7}),
                    Suite.ECDSA_P256,
                    List.of("not never extractable"),
                    Optional.empty(),
                    Optional.empty(),
                    List.of("not never extractable"))),
            0));
  }

  @Test
  void whatMakesNoSenseIsRefusedAtOnce() {
    assertThat(terminal.run("authority", "create", "user", "--adopt=hsm-a").exit())
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.run("authority", "create", "user", "--adopt=hsm-a/x509=xyz").exit())
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.run("authority", "create", "user", "--accept-weak").err())
        .contains("name one with --adopt");
  }
}
