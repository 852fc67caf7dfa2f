package io.carousel.events.openssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import java.security.KeyPairGenerator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Public keys of CAs as they are handed out. */
@Timeout(20)
class CaLinesTest {
  private static final SshPublicKey KEY = key();
  private static final String BARE = KEY.line();

  private static SshPublicKey key() {
    try {
      return SshPublicKey.of(
          Bytes.of(
              KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded()));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KEY",
        "KEY a comment with blanks, and \"quotes",
        "  KEY\t ",
        "\ufeffKEY\r\n",
        "# the old CA\r\n\r\nKEY\r\n\t\r\n",
        "cert-authority KEY clustername=workshop&type=user",
        "cert-authority,principals=\"a,b c\",no-pty KEY x",
        "restrict,CERT-AUTHORITY,from=\"10.0.0.0/8,host \\\"x\\\"\" KEY",
        "@cert-authority *.workshop.example,workshop KEY type=host",
        "@cert-authority\t*\tKEY",
        "@cert-authority |1|abc=|def= KEY",
        "KEY\nKEY\ncert-authority KEY",
        "KEY kommentär"
      })
  void whatOtherCasPrintIsTaken(String text) {
    for (String blank : List.of(" ", "\t", " \t ")) {
      String line = text.replace("KEY", BARE.replace(" ", blank));
      assertThat(CaLines.read(line)).as(line).containsExactly(KEY);
    }
  }

  @Test
  void theFormatOfRfc4716IsTaken() {
    String base64 = BARE.substring(BARE.indexOf(' ') + 1);
    String text =
        "---- BEGIN SSH2 PUBLIC KEY ----\r\nComment: \"the old \\\r\nCA\"\r\nSubject: me\r\n"
            + base64.substring(0, 30)
            + "\r\n"
            + base64.substring(30)
            + "\r\n---- END SSH2 PUBLIC KEY ----\r\n";
    assertThat(CaLines.read(text)).containsExactly(KEY);
    assertThatThrownBy(() -> CaLines.read(text.substring(0, 90))).hasMessageContaining("no end");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|holds no key",
        "# KEY|holds no key",
        "@revoked * KEY|revoked",
        "@other * KEY|no marker that is known",
        "@cert-authority KEY|line 1: after @cert-authority stand the hosts",
        "host.example,10.0.0.1 KEY|key of a host or of a user",
        "no-pty,from=\"a b\" KEY|key of a host or of a user",
        "environment=\"A=cert-authority\" KEY|key of a host or of a user",
        "cert-authority,from=\"a KEY|not closed",
        "ssh-ed25519|no base64",
        "ssh-ed25519 AAAA|line 1",
        "ssh-rsa BLOB|not the type of what it holds",
        "ssh-dss AAAA|of RSA, on P-256 or P-384, or of Ed25519",
        "ecdsa-sha2-nistp521 AAAA|of RSA, on P-256 or P-384, or of Ed25519",
        "sk-ssh-ed25519@openssh.com AAAA|of RSA, on P-256 or P-384, or of Ed25519",
        "ssh-ed25519-cert-v01@openssh.com AAAA|public key of the CA that signed it",
        "hello world|no public key of OpenSSH"
      })
  void whatIsNoCaIsRefusedWithTheReason(String text, String why) {
    String line = text.replace("KEY", BARE).replace("BLOB", BARE.substring(BARE.indexOf(' ') + 1));
    assertThatThrownBy(() -> CaLines.read(line))
        .isInstanceOf(UnreadableSsh.class)
        .hasMessageContaining(why);
  }

  @Test
  void theLineIsNamed() {
    assertThatThrownBy(() -> CaLines.read(BARE + "\n\nhello world\n"))
        .hasMessageContaining("line 3");
  }
}
