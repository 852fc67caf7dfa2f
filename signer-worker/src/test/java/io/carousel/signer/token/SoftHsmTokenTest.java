package io.carousel.signer.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Suite;
import io.carousel.signer.token.pkcs11.Pkcs11Token;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoftHsmTokenTest extends TokenContract {
  @TempDir private Path directory;

  @Override
  Token open() throws TokenException {
    return Pkcs11Token.open(SoftHsm.newToken(directory));
  }

  @Test
  void itsSignaturesVerifyUnderOpenssl() throws Exception {
    byte[] message = "what is to be signed".getBytes(UTF_8);
    try (Token token = open()) {
      TokenKey key = token.generate(Verified.freshId(), "command-1", Suite.ECDSA_P384);
      Files.write(directory.resolve("key.der"), key.publicKey().toArray());
      Files.write(directory.resolve("message"), message);
      Files.write(directory.resolve("signature"), token.sign(key.id(), Suite.ECDSA_P384, message));
    }

    Process openssl =
        new ProcessBuilder(
                "openssl",
                "dgst",
                "-sha384",
                "-keyform",
                "DER",
                "-verify",
                "key.der",
                "-signature",
                "signature",
                "message")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();

    assertThat(new String(openssl.getInputStream().readAllBytes(), UTF_8))
        .isEqualToIgnoringNewLines("Verified OK");
    assertThat(openssl.waitFor()).isZero();
  }
}
