package io.carousel.agent.output;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.agent.disk.DurableFile;
import io.carousel.agent.disk.Ownership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The password of an output's key stores, in a file of mode 0600 beside its sets. It stays the same
 * from set to set, since services are told it once.
 */
record StorePassword(Path file, Ownership ownership) {
  private static final int BYTES = 24;

  static StorePassword of(OutputSettings output) {
    Ownership whose = output.ownership();
    return new StorePassword(
        output.folder().resolve("password"),
        new Ownership(whose.owner(), whose.group(), Ownership.PRIVATE.mode()));
  }

  char[] readOrCreate() throws IOException {
    try {
      return Files.readString(file, US_ASCII).strip().toCharArray();
    } catch (NoSuchFileException e) {
      byte[] random = new byte[BYTES];
      new SecureRandom().nextBytes(random);
      String password = Base64.getUrlEncoder().encodeToString(random);
      Files.createDirectories(file.getParent());
      DurableFile.replace(file, (password + "\n").getBytes(US_ASCII));
      ownership.applyToFile(file);
      return password.toCharArray();
    }
  }
}
