package io.carousel.events.openssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Suite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lines of trust say the same whatever the order of asking; that ssh and sshd obey is SshdTest's.
 */
class TrustLinesTest {
  private static final SshPublicKey FIRST = Drafts.key(Suite.ED25519);
  private static final SshPublicKey SECOND = Drafts.key(Suite.RSA_2048);

  @TempDir Path files;

  @Test
  void theOrderOfAskingDoesNotMatter() {
    assertThat(TrustLines.trustedUserCaKeys(List.of(FIRST, SECOND)))
        .isEqualTo(TrustLines.trustedUserCaKeys(List.of(SECOND, FIRST, SECOND)))
        .isEqualToIgnoringNewLines(SECOND.line() + FIRST.line());
    assertThat(TrustLines.knownHosts("*.example.org,!old.example.org", List.of(FIRST)))
        .isEqualTo("@cert-authority *.example.org,!old.example.org %s\n".formatted(FIRST.line()));
  }

  @Test
  void sshKeygenFindsTheHost() throws Exception {
    Tool.need("ssh-keygen");
    Path file =
        Files.writeString(
            files.resolve("known_hosts"), TrustLines.knownHosts("*.example.org", List.of(FIRST)));
    assertThat(Tool.keygen("-F", "web.example.org", "-f", file).good())
        .contains("found: line 1")
        .contains(FIRST.line());
    assertThat(Tool.keygen("-F", "web.example.net", "-f", file).status()).isNotZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\n@cert-authority *", "|1|a|b", "a,,b", "#", "@revoked"})
  void patternsThatAreNoneAreRefused(String patterns) {
    assertThatThrownBy(() -> TrustLines.knownHosts(patterns, List.of(FIRST)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pattern");
  }

  @Test
  void nobodyIsTrustedByNoLine() {
    assertThatThrownBy(() -> TrustLines.trustedUserCaKeys(List.of()))
        .hasMessageContaining("name at least one key");
  }
}
