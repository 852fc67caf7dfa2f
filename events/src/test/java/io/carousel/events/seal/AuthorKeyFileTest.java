package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file that says who a process is: made once, for its owner alone, and whole. */
class AuthorKeyFileTest {
  @TempDir Path folder;

  @Test
  void isMadeOnceAndReadAgain() throws IOException {
    Path file = folder.resolve("deep").resolve("author.key");
    KeyPair made = AuthorKeyFile.readOrCreate(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertSame(AuthorKeyFile.readOrCreate(file), made);
    assertSame(AuthorKeyFile.read(file), made);
    assertThat(file.getParent().toFile().list()).containsExactly("author.key");
  }

  @Test
  void ofManyWhoMakeItAtOnceAllGetTheSame() throws Exception {
    Path file = folder.resolve("author.key");
    int many = 8;
    var barrier = new CyclicBarrier(many);
    Callable<KeyPair> making =
        () -> {
          barrier.await();
          return AuthorKeyFile.readOrCreate(file);
        };
    try (var threads = Executors.newFixedThreadPool(many)) {
      for (var made : threads.invokeAll(IntStream.range(0, many).mapToObj(_ -> making).toList())) {
        assertSame(made.get(), AuthorKeyFile.read(file));
      }
    }
    assertThat(folder.toFile().list()).containsExactly("author.key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw----", "rw---x---", "rwx------"})
  void isRefusedIfOthersCanReadIt(String mode) throws IOException {
    Path file = folder.resolve("author.key");
    AuthorKeyFile.readOrCreate(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertThatIOException()
        .isThrownBy(() -> AuthorKeyFile.read(file))
        .withMessageContaining(file.toString())
        .withMessageContaining("mode " + mode)
        .withMessageContaining("chmod 600");
  }

  @Test
  void mayBeReadOnly() throws IOException {
    Path file = folder.resolve("author.key");
    KeyPair made = AuthorKeyFile.readOrCreate(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    assertSame(AuthorKeyFile.read(file), made);
  }

  @Test
  void isNotMadeByReading() {
    Path file = folder.resolve("author.key");
    assertThatIOException()
        .isThrownBy(() -> AuthorKeyFile.read(file))
        .withMessageContaining("there is no author key " + file);
    assertThat(file).doesNotExist();
  }

  @Test
  void garbageIsRefusedByName() throws IOException {
    Path file = folder.resolve("author.key");
    AuthorKeyFile.readOrCreate(file);
    String good = Files.readString(file);
    for (String bad :
        new String[] {
          "",
          "größer\u0000",
          good.replace("PRIVATE", "RSA PRIVATE"),
          good.substring(0, good.length() / 2),
          good.replaceAll("(?m)^M.*$", ""),
          good.replaceAll("(?m)^M.*$", "MIIB"),
          good.replaceAll("(?m)^M.*$", "M"),
          good.replace("-----END PUBLIC KEY-----", ""),
          "x".repeat(20_000)
        }) {
      Files.writeString(file, bad, UTF_8);
      assertThatIOException()
          .as(bad)
          .isThrownBy(() -> AuthorKeyFile.read(file))
          .withMessageContaining(file.toString());
    }
    assertThatIOException().isThrownBy(() -> AuthorKeyFile.read(folder));
  }

  @Test
  void halvesOfTwoKeysAreRefused() throws IOException {
    Path file = folder.resolve("author.key");
    Path other = folder.resolve("other.key");
    AuthorKeyFile.readOrCreate(file);
    AuthorKeyFile.readOrCreate(other);
    String mixed =
        Files.readString(file).split("-----BEGIN PUBLIC", 2)[0]
            + "-----BEGIN PUBLIC"
            + Files.readString(other).split("-----BEGIN PUBLIC", 2)[1];
    Files.writeString(file, mixed);
    assertThatIOException()
        .isThrownBy(() -> AuthorKeyFile.read(file))
        .withMessageContaining("a private key and the public key of another");
  }

  private static void assertSame(KeyPair one, KeyPair other) {
    assertThat(Arrays.equals(one.getPrivate().getEncoded(), other.getPrivate().getEncoded()))
        .isTrue();
    assertThat(one.getPublic()).isEqualTo(other.getPublic());
  }
}
