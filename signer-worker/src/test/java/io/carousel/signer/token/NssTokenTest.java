package io.carousel.signer.token;

import io.carousel.events.Suite;
import io.carousel.signer.token.pkcs11.Pkcs11Token;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a module that refuses attributes it does not know and has no Edwards curves. */
class NssTokenTest extends TokenContract {
  @TempDir private Path directory;

  @Override
  Token open() throws Exception {
    return Pkcs11Token.open(Nss.newToken(directory));
  }

  @Override
  Set<Suite> suites() {
    return EnumSet.complementOf(EnumSet.of(Suite.ED25519));
  }

  @Override
  Set<Protection> denied() {
    return EnumSet.of(Protection.MADE_HERE, Protection.NOT_MODIFIABLE);
  }

  @Override
  Set<Protection> protections() {
    return EnumSet.of(
        Protection.PERMANENT,
        Protection.PRIVATE,
        Protection.SENSITIVE,
        Protection.NOT_EXTRACTABLE,
        Protection.ALWAYS_SENSITIVE,
        Protection.NEVER_EXTRACTABLE);
  }
}
