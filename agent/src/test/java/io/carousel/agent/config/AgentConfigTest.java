package io.carousel.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.output.Layout;
import io.carousel.agent.output.OutputSettings;
import io.carousel.agent.service.ClientVerifier;
import io.carousel.agent.service.Command;
import io.carousel.agent.service.CommandService;
import io.carousel.agent.service.NginxService;
import io.carousel.agent.service.ServerVerifier;
import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.Role;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigTest {
  private static final String LEAST =
      """
      house:
        url: http://127.0.0.1:8437
        secretFile: house.secret
      participant:
        name: web-1
      state: state
      outputs:
        - authority: web
          roles: [presents-server, verifies]
          folder: files
      """;

  @TempDir Path folder;

  private AgentConfig read(String text) throws IOException, BadConfiguration {
    return AgentConfig.read(Files.writeString(folder.resolve("agent.yaml"), text));
  }

  @Test
  void littleIsEnough() throws Exception {
    AgentConfig config = read(LEAST);
    assertThat(config.house())
        .isEqualTo(
            new AgentConfig.House.BySecret(
                URI.create("http://127.0.0.1:8437"), folder.resolve("house.secret")));
    assertThat(config.identityKey()).isEqualTo(folder.resolve("state/identity.key"));
    assertThat(config.crls()).isEqualTo(Duration.ofMinutes(5));
    OutputSettings output = config.outputs().getFirst();
    assertThat(output.folder()).isEqualTo(folder.resolve("files"));
    assertThat(output.layout()).isEqualTo(Layout.PEM);
    assertThat(output.format()).isEqualTo(Format.X509);
    assertThat(PosixFilePermissions.toString(output.ownership().mode())).isEqualTo("rw-------");
    assertThat(output.service()).isEqualTo(new CommandService(Optional.empty(), Optional.empty()));
  }

  @Test
  void everythingCanBeSaid() throws Exception {
    AgentConfig config =
        read(
            LEAST.replace("  name: web-1", "  name: web-1\n  identityKey: /keys/web-1")
                + """
                    format: x509
                    layout: pkcs12
                    owner: root
                    group: root
                    mode: 0640
                    reload:
                      command: [systemctl, reload, "it"]
                      timeout: 1m
                    check:
                      command: [/bin/check, --now]
                  - authority: web
                    roles: [presents-client]
                    folder: others
                    preset: nginx
                    nginx:
                      command: [nginx, -p, /srv]
                      pidFile: /srv/nginx.pid
                      address: "[::1]:443"
                      serverName: web-1
                      clients: false
                      timeout: 5s
                crls: 90s
                """);
    assertThat(config.identityKey()).isEqualTo(Path.of("/keys/web-1"));
    assertThat(config.crls()).isEqualTo(Duration.ofSeconds(90));
    OutputSettings first = config.outputs().getFirst();
    assertThat(first.layout()).isEqualTo(Layout.PKCS12);
    assertThat(first.ownership().owner()).contains("root");
    assertThat(PosixFilePermissions.toString(first.ownership().mode())).isEqualTo("rw-r-----");
    assertThat(first.service())
        .isEqualTo(
            new CommandService(
                Optional.of(
                    new Command(List.of("systemctl", "reload", "it"), Duration.ofMinutes(1))),
                Optional.of(new Command(List.of("/bin/check", "--now"), Duration.ofSeconds(10)))));
    assertThat(config.outputs().getLast().service())
        .isInstanceOfSatisfying(
            NginxService.class,
            nginx -> {
              assertThat(nginx.command()).containsExactly("nginx", "-p", "/srv");
              assertThat(nginx.server().addresses().named().getFirst().getHostString())
                  .isEqualTo("::1");
              assertThat(nginx.server().addresses().named().getFirst().getPort()).isEqualTo(443);
              assertThat(nginx.server().clients()).isFalse();
              assertThat(nginx.server().timeout()).isEqualTo(Duration.ofSeconds(5));
            });
    assertThat(config.memberships())
        .containsExactly(new Membership(new AuthorityName("web"), List.of(Role.values())));
  }

  @Test
  void aServiceMayHaveSeveralAddressesAndConnectionsThatAreEnded() throws Exception {
    String preset = "    preset: haproxy\n    haproxy: {address: ['a:443', '[::1]:8443']}\n";
    OutputSettings output = read(LEAST + preset + "    sever: 15m\n").outputs().getFirst();
    assertThat(output.service().describe()).isEqualTo("haproxy at a:443, ::1:8443");
    assertThat(output.sever()).contains(Duration.ofMinutes(15));
    assertThat(read(LEAST + preset).outputs().getFirst().sever()).isEmpty();
    String presents = LEAST.replace("[presents-server, verifies]", "[presents-server]");
    assertThatThrownBy(() -> read(presents + preset + "    sever: 15m\n"))
        .hasMessageContaining("'verifies' among their roles");
    assertThatThrownBy(() -> read(LEAST + preset + "    sever: soon\n"))
        .hasMessageContaining("is no span of time");
  }

  @Test
  void aVerifierIsTriedByACallOrByACommand() throws Exception {
    String server = "    canary: {connect: '127.0.0.1:443', serverName: web-1, timeout: 5s}\n";
    assertThat(read(LEAST + server).outputs().getFirst().canary())
        .hasValueSatisfying(v -> {
          assertThat(v.ofClients()).isTrue();
          assertThat(v.describe()).isEqualTo("a client at 127.0.0.1:443");
          var verifier = (ServerVerifier) v;
          assertThat(verifier.serverName()).contains("web-1");
          assertThat(verifier.timeout()).isEqualTo(Duration.ofSeconds(5));
          assertThat("HTTP/1.1 400 Bad Request").matches(verifier.refused());
          assertThat("HTTP/1.1 404 Not Found").doesNotMatch(verifier.refused());
        });
    String client = LEAST.replace("presents-server", "presents-client");
    assertThat(read(client + "    canary: {command: [curl, -f]}\n").outputs().getFirst().canary())
        .contains(
            new ClientVerifier(
                new Command(List.of("curl", "-f"), Duration.ofSeconds(10)), "canary.invalid"));
    assertThat(read(LEAST).outputs().getFirst().canary()).isEmpty();
    assertThatThrownBy(() -> read(client + server)).hasMessageContaining("does not fit the roles");
    assertThatThrownBy(
            () -> read(LEAST.replace("[presents-server, verifies]", "[presents-server]") + server))
        .hasMessageContaining("'verifies' among their roles");
  }

  @Test
  void theDocumentedOneIsRead() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "agent.md"));
    int from = page.indexOf("```yaml") + "```yaml".length();
    AgentConfig config = read(page.substring(from, page.indexOf("```", from)));
    assertThat(config.outputs().getFirst().service()).isInstanceOf(NginxService.class);
  }

  @Test
  void aHouseOnAnotherMachineIsKnownByItsKeys() throws Exception {
    String pin = "ab".repeat(32);
    String away = LEAST.replace("  secretFile: house.secret", "  pins: [%s]".formatted(pin));
    AgentConfig config = read(away);
    assertThat(config.house())
        .isEqualTo(
            new AgentConfig.House.ByTls(
                URI.create("http://127.0.0.1:8437"), Set.of(new Digest(pin))));
    assertThat(config.memberships().getFirst())
        .isEqualTo(
            new Membership(AuthorityName.BUILT_IN, List.of(Role.PRESENTS_CLIENT, Role.VERIFIES)));
    String byToken =
        LEAST
            .replace("  secretFile: house.secret\n", "")
            .replace("http:", "https:")
            .replace("  name: web-1", "  name: web-1\n  tokenFile: web-1.token");
    assertThat(read(byToken).house())
        .isEqualTo(
            new AgentConfig.House.ByTls(URI.create("https://127.0.0.1:8437"), java.util.Set.of()));
    assertThatThrownBy(() -> read(byToken.replace("  tokenFile: web-1.token", "")))
        .hasMessageContaining("'house.secretFile' is missing");
    assertThatThrownBy(() -> read(away.replace("  pins", "  secretFile: s\n  pins")))
        .hasMessageContaining("is for a house on this machine");
    assertThatThrownBy(() -> read(away.replace(pin, "ab")))
        .hasMessageContaining("is no SHA-256 digest");
    assertThatThrownBy(() -> read(away.replace("authority: web", "authority: carousel")))
        .hasMessageContaining("name an authority of yours");
  }

  @Test
  void eachPresetHasASectionOfItsOwn() throws Exception {
    AgentConfig config =
        read(
            LEAST
                + """
                    preset: haproxy
                    haproxy: {address: "127.0.0.1:443", config: [a.cfg, b.cfg]}
                  - authority: web
                    roles: [presents-server]
                    folder: pg
                    preset: postgresql
                    postgresql: {address: "127.0.0.1:5432", pidFile: /run/pg.pid}
                  - authority: web
                    roles: [presents-server]
                    folder: jvm
                    layout: pkcs12
                    preset: tls
                    tls: {address: "127.0.0.1:8443", clients: false}
                    reload: {command: [kick]}
                  - authority: hosts
                    roles: [presents-server, verifies]
                    format: ssh
                    hosts: "*.example.org"
                    folder: ssh
                    preset: sshd
                    sshd: {address: "127.0.0.1:22"}
                """);
    assertThat(config.outputs())
        .extracting(output -> output.service().describe())
        .containsExactly(
            "haproxy at 127.0.0.1:443",
            "PostgreSQL at 127.0.0.1:5432",
            "TLS server at 127.0.0.1:8443, reload: kick",
            "sshd at 127.0.0.1:22");
    assertThat(config.outputs().getLast().layout()).isEqualTo(Layout.OPENSSH);
    assertThat(config.outputs().getLast().hosts()).isEqualTo("*.example.org");
    assertThat(config.memberships())
        .extracting(Membership::formats)
        .containsExactly(List.of(Format.X509), List.of(Format.SSH));
  }

  @Test
  void anOutputOfTokensVerifiesThem() throws Exception {
    String jwt = LEAST.replaceAll("roles: .*", "roles: [verifies]") + "    format: jwt\n";
    assertThat(read(jwt).outputs().getFirst().layout()).isEqualTo(Layout.JWKS);
    assertThatThrownBy(() -> read(jwt.replace("[verifies]", "[presents-client, verifies]")))
        .hasMessageContaining("can be 'verifies' alone");
    String client =
        """
          - authority: web
            roles: [presents-client]
            folder: client
        """;
    assertThatThrownBy(() -> read(jwt + client)).hasMessageContaining("the agent keeps no tokens");
  }

  @Test
  void canariesAreOfTls() {
    assertThatThrownBy(
            () -> read(LEAST + "    format: ssh\n    canary: {connect: '127.0.0.1:22'}\n"))
        .hasMessageContaining("canaries are certificates of TLS");
  }

  @Test
  void allFaultsAreNamedAtOnceWithTheirLines() {
    assertThatThrownBy(() ->
            read(
                """
                house:
                  url: ftp://somewhere
                  secret: in-clear
                participant:
                  name: Web_1
                outputs:
                  - authority: web
                    roles: [serves]
                    format: pgp
                    folder: files
                    mode: 0644
                    owner: no-such-user-here
                    reload:
                      timeout: soon
                """))
        .isInstanceOf(BadConfiguration.class)
        .hasMessageContaining("line 2: 'house.url'")
        .hasMessageContaining("line 2: 'house.secretFile' is missing")
        .hasMessageContaining("line 3: 'house.secret' is no key known here; there are: url")
        .hasMessageContaining("line 5: 'participant.name'")
        .hasMessageContaining("line 8: 'outputs[1].roles'")
        .hasMessageContaining("line 9: 'outputs[1].format'")
        .hasMessageContaining("'pgp' is none of: x509, ssh, jwt")
        .hasMessageContaining("line 11: 'outputs[1].mode'")
        .hasMessageContaining("give it to a group")
        .hasMessageContaining("line 12: 'outputs[1].owner'")
        .hasMessageContaining("line 14: 'outputs[1].reload.command'")
        .hasMessageContaining("line 14: 'outputs[1].reload.timeout'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "preset: apache|'apache' is none of: nginx, haproxy, postgresql, sshd, tls",
        "preset: sshd|'sshd' is for outputs of format ssh, not x509",
        "preset: postgresql|'outputs[1].postgresql.pidFile' is missing",
        "hosts: '*.example'|only outputs of format ssh have",
        "layout: openssh|is a layout of format ssh, and this output is of x509",
        "preset: nginx|'outputs[1].nginx.address' is missing",
        "nginx: {address: '127.0.0.1:443'}|needs 'preset: nginx'",
        "layout: der|pem, pkcs12, jks",
        "sever: 10m|needs one of the presets nginx, haproxy, postgresql and sshd",
        "mode: 9999|is no mode",
        "mode: 0040|not even the owner",
        "group: [a]|must be a text",
        "reload: now|must hold keys of its own",
        "canary: {}|'outputs[1].canary.connect' is missing",
        "canary: {connect: '127.0.0.1:443', refused: '('}|'outputs[1].canary.refused' does not fit",
      })
  void eachFaultSaysWhatToDo(String line, String fault) {
    assertThatThrownBy(() -> read(LEAST + "    " + line + "\n")).hasMessageContaining(fault);
  }

  @Test
  void whatIsNoYamlIsNamedWithItsLine() {
    assertThatThrownBy(() -> read("house: {url: [}\n")).hasMessageContaining("line 1: it is not");
    assertThatThrownBy(() -> read("state: a\nstate: b\n"))
        .hasMessageContaining("line 2")
        .hasMessageContaining("Duplicate");
    assertThatThrownBy(() -> read("")).hasMessageContaining("it holds no keys");
    assertThatThrownBy(() -> read("- a\n")).hasMessageContaining("it holds no keys");
    assertThatThrownBy(() -> AgentConfig.read(folder.resolve("none")))
        .hasMessageContaining("there is no such file");
  }

  @Test
  void metricsHaveAnAddressOrNone() throws Exception {
    assertThat(read(LEAST).metrics()).isEmpty();
    assertThat(read(LEAST + "metrics: '[::1]:9464'\n").metrics().orElseThrow().getPort())
        .isEqualTo(9464);
    for (String wrong : List.of("9464", "127.0.0.1", "127.0.0.1:70000", "a@127.0.0.1:1", "x y:1")) {
      assertThatThrownBy(() -> read(LEAST + "metrics: '" + wrong + "'\n"))
          .hasMessageContaining("write HOST:PORT, as 127.0.0.1:9464");
    }
  }

  @Test
  void twoOutputsShareNoFolder() {
    assertThatThrownBy(
            () -> read(LEAST + "  - authority: db\n    roles: [verifies]\n    folder: files\n"))
        .hasMessageContaining("give each its own");
  }
}
