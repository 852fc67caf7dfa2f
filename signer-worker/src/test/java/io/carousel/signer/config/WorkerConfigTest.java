package io.carousel.signer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Profile;
import io.carousel.events.Suite;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerConfigTest {
  private static final String LEAST =
      """
      slot: hsm-a
      token:
        module: /usr/lib/softhsm/libsofthsm2.so
        label: hsm-a
        pinFile: hsm-a.pin
      kafka:
        bootstrapServers: 127.0.0.1:9092
      house:
        founder: MCowBQYDK2VwAyEA
      author:
        name: worker-a
        keyFile: worker-a.key
      """;

  @TempDir Path folder;

  private WorkerConfig read(String text) throws IOException, BadConfiguration {
    return WorkerConfig.read(Files.writeString(folder.resolve("worker.yaml"), text));
  }

  @Test
  void littleIsEnough() throws Exception {
    WorkerConfig config = read(LEAST);
    assertThat(config.slot().value()).isEqualTo("hsm-a");
    assertThat(config.token().pinFile()).isEqualTo(folder.resolve("hsm-a.pin"));
    assertThat(config.token().sessions()).isPositive();
    assertThat(config.authorKey()).isEqualTo(folder.resolve("worker-a.key"));
    assertThat(config.limits()).isEqualTo(Limits.DEFAULT);
  }

  @Test
  void everythingCanBeSaid() throws Exception {
    WorkerConfig config =
        read(
            LEAST.replace("  label: hsm-a", "  label: hsm-a\n  serial: 0123\n  sessions: 4")
                + """
                leavesInHand: 10
                verify: all
                limits:
                  profiles: [client, server]
                  suites: [ecdsa-p256]
                  leafLifetime: 12h
                  caLifetime: 400d
                  backdating: 5m
                  deadline: 90s
                """);
    assertThat(config.leavesInHand()).isEqualTo(10);
    assertThat(config.verification()).isEqualTo(Verification.ALL);
    assertThat(config.limits().profiles())
        .containsExactlyInAnyOrder(Profile.CLIENT, Profile.SERVER);
    assertThat(config.limits().suites()).containsExactly(Suite.ECDSA_P256);
    assertThat(config.limits().leafLifetime()).isEqualTo(Duration.ofHours(12));
    assertThat(config.limits().caLifetime()).isEqualTo(Duration.ofDays(400));
    assertThat(config.limits().backdating()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.limits().deadline()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void theDocumentedOneIsReadAndShowsTheDefaults() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "worker.md"));
    int from = page.indexOf("```yaml") + "```yaml".length();
    WorkerConfig config = read(page.substring(from, page.indexOf("```", from)));
    assertThat(config.limits()).isEqualTo(Limits.DEFAULT);
    assertThat(config.leavesInHand()).isEqualTo(read(LEAST).leavesInHand());
    assertThat(config.verification()).isEqualTo(read(LEAST).verification());
    assertThat(config.startWithin()).isEqualTo(read(LEAST).startWithin());
  }

  @Test
  void anUnknownKeyIsNamedBesideThoseThereAre() {
    assertThatThrownBy(() -> read(LEAST.replace("  label:", "  lable:")))
        .isInstanceOf(BadConfiguration.class)
        .hasMessageContainingAll("worker.yaml", "'token.lable'", "'token.label' is missing");
  }

  @Test
  void aPinIsNoSetting() {
    assertThatThrownBy(() -> read(LEAST.replace("  label:", "  pin: 1234\n  label:")))
        .hasMessageContaining("'token.pin' is no key known here")
        .hasMessageNotContaining("1234");
  }

  @Test
  void oneMessageListsAll() {
    assertThatThrownBy(() ->
            read(
                """
                slot: No Slot
                token: yes
                kafka: {bootstrapServers: "a:1", startWithin: soon}
                house: {founder: "?"}
                leavesInHand: 0
                verify: none
                limits: {profiles: [mail], leafLifetime: 0s}
                """))
        .hasMessageContainingAll(
            "'slot'",
            "'token' must hold keys",
            "'token.module' is missing",
            "'kafka.startWithin'",
            "'house.founder'",
            "'author.name' is missing",
            "'leavesInHand' must be a number from 1",
            "'verify' does not fit: 'none' is none of: all, sampled",
            "'limits.profiles'",
            "client",
            "leaf lifetime");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "slot: [ | it is not YAML",
        "just words | it holds no keys",
        "'slot: a\nslot: b' | it is not YAML",
      })
  void whatIsNoConfigurationIsSaidToBeNone(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(BadConfiguration.class)
        .hasMessageContaining(message);
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> WorkerConfig.read(folder.resolve("none.yaml")))
        .hasMessageContainingAll("none.yaml", "there is no such file");
  }
}
