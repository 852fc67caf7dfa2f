package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What every caller must show (RFC 6750). It is in a file that its owner alone can read: whoever
 * can read it may ask anything.
 */
final class Secret {
  private static final int RANDOM_BYTES = 32;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]{16,512}=*");
  private static final String SCHEME = "Bearer ";

  /** Digests are compared, so that neither content nor length of the secret shows in the time. */
  private final byte[] digest;

  private Secret(String text) {
    this.digest = digestOf(text);
  }

  /**
   * The secret in that file; a new one if there is no such file.
   *
   * @throws CannotServe if others can read it, or it holds none
   */
  static Secret in(Path file) {
    try {
      if (Files.notExists(file)) {
        make(file);
      }
      refuseIfExposed(file);
      String text = Files.readString(file).strip();
      if (!FORM.matcher(text).matches()) {
        throw new CannotServe(
            "%s holds no secret; delete it, and the next start makes a new one".formatted(file),
            null);
      }
      return new Secret(text);
    } catch (IOException e) {
      throw new CannotServe(
          "the API's secret cannot be kept in %s: %s".formatted(file, reason(e)), e);
    }
  }

  private static void refuseIfExposed(Path file) throws IOException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(mode)) {
      throw new CannotServe(
          "%s holds the API's secret and others can read or change it (mode %s); delete it, and the next start makes a new one"
              .formatted(file, PosixFilePermissions.toString(mode)),
          null);
    }
  }

  /** Made aside and moved, so that a crash leaves no half of it. */
  private static void make(Path file) throws IOException {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path aside =
        Files.createTempFile(
            folder, ".secret", "", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      Files.writeString(aside, text + "\n");
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  /** Whether an {@code Authorization} header shows it. */
  boolean shownBy(String authorization) {
    return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            digest, digestOf(authorization.substring(SCHEME.length()).strip()));
  }

  private static byte[] digestOf(String text) {
    return Digest.of(text.getBytes(UTF_8)).bytes();
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException ? "there is no such folder" : e.toString();
  }
}
