package io.carousel.signer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.Suite;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.NameLimits;
import io.carousel.signer.trust.NameLimits.Pattern;
import io.carousel.signer.trust.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
                  formats: [x509, ssh]
                  profiles: [client, server]
                  names:
                    allowed: [dns:*.example.org, "ip:*", principal:deploy]
                    forbidden: [dns:secret.example.org]
                    wildcards: true
                  sshOptions: [permit-pty, force-command, own@example.org]
                  suites: [ecdsa-p256]
                  leafLifetime: 12h
                  caLifetime: 400d
                  backdating: 5m
                  deadline: 90s
                  adopt: true
                """);
    assertThat(config.leavesInHand()).isEqualTo(10);
    assertThat(config.verification()).isEqualTo(Verification.ALL);
    assertThat(config.limits().profiles())
        .containsExactlyInAnyOrder(Profile.CLIENT, Profile.SERVER);
    assertThat(config.limits().formats()).containsExactlyInAnyOrder(Format.X509, Format.SSH);
    assertThat(config.limits().names())
        .isEqualTo(
            new NameLimits(
                List.of(
                    new Pattern("dns:*.example.org"),
                    new Pattern("ip:*"),
                    new Pattern("principal:deploy")),
                List.of(new Pattern("dns:secret.example.org")),
                true));
    assertThat(config.limits().sshOptions())
        .containsExactlyInAnyOrder("permit-pty", "force-command", "own@example.org");
    assertThat(config.limits().suites()).containsExactly(Suite.ECDSA_P256);
    assertThat(config.limits().leafLifetime()).isEqualTo(Duration.ofHours(12));
    assertThat(config.limits().caLifetime()).isEqualTo(Duration.ofDays(400));
    assertThat(config.limits().backdating()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.limits().deadline()).isEqualTo(Duration.ofSeconds(90));
    assertThat(config.limits().adopt()).isTrue();
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

  /** Who wants to forbid nothing, or to sign no option, can say so; who allows nothing cannot. */
  @Test
  void someListsMayBeEmpty() throws Exception {
    WorkerConfig config = read(LEAST + "limits: {sshOptions: [], names: {forbidden: []}}\n");
    assertThat(config.limits().sshOptions()).isEmpty();
    assertThat(config.limits().names().forbidden()).isEmpty();
    assertThat(config.limits().names().allowed()).isEqualTo(Limits.DEFAULT.names().allowed());
    assertThatThrownBy(() -> read(LEAST + "limits: {formats: [], names: {allowed: []}}\n"))
        .hasMessageContainingAll("'limits.formats' must be", "'limits.names.allowed' must be");
  }

  @Test
  void limitsThatSayNothingAreNamed() {
    assertThatThrownBy(() ->
            read(
                LEAST
                    + """
                    limits:
                      formats: [pgp]
                      names:
                        allowed: [mail:*, dns]
                        forbidden: "principal:root"
                        wildcards: perhaps
                        permitted: [dns:*]
                      sshOptions: ["permit pty"]
                      sshExtensions: [permit-pty]
                    """))
        .isInstanceOf(BadConfiguration.class)
        .hasMessageContainingAll(
            "'limits.formats'",
            "x509",
            "'mail'",
            "'dns' is no pattern of names",
            "'limits.names.forbidden' must be a list",
            "'limits.names.wildcards' must be true or false",
            "'limits.names.permitted' is no key known here",
            "'limits.sshOptions'",
            "'limits.sshExtensions' is no key known here");
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
