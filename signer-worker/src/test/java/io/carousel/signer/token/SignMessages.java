package io.carousel.signer.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Suite;
import io.carousel.signer.token.pkcs11.Pkcs11Token;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A program that signs numbered messages, one after the other, with one key of each of three
 * suites, and says on standard output which it is about to sign and which it has signed. Arguments:
 * module, token label, PIN file, number of the first message, how many messages.
 */
public final class SignMessages {
  private static final List<Suite> SUITES =
      List.of(Suite.ECDSA_P256, Suite.ED25519, Suite.RSA_2048);

  private SignMessages() {}

  /** The message of that number. */
  public static byte[] message(int number) {
    return "message %d of the test of signatures counted".formatted(number).getBytes(UTF_8);
  }

  /** What signs the message of that number. */
  public static Suite suite(int number) {
    return SUITES.get(number % SUITES.size());
  }

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    TokenConfig config =
        new TokenConfig(
            Path.of(arguments[0]),
            arguments[1],
            Optional.empty(),
            Path.of(arguments[2]),
            1,
            Optional.empty());
    int first = Integer.parseInt(arguments[3]);
    int count = Integer.parseInt(arguments[4]);
    try (Token token = Pkcs11Token.open(config)) {
      for (int number = first; number - first < count; number++) {
        TokenKey key = key(token, suite(number));
        byte[] message = message(number);
        System.out.println("asked " + number);
        if (!Verified.by(key, message, token.sign(key.id(), key.suite(), message))) {
          throw new AssertionError("signature %d is wrong".formatted(number));
        }
        System.out.println("signed " + number);
      }
    }
  }

  private static TokenKey key(Token token, Suite suite) throws TokenException {
    Optional<TokenKey> made = token.findByLabel("command-" + suite);
    return made.isPresent()
        ? made.get()
        : token.generate(Verified.freshId(), "command-" + suite, suite);
  }
}
