package io.carousel.signer.token;

import io.carousel.signer.token.pkcs11.Pkcs11Token;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SoftHsmTokenTest extends TokenContract {
  @TempDir private Path directory;

  @Override
  Token open() throws TokenException {
    return Pkcs11Token.open(SoftHsm.newToken(directory));
  }
}
