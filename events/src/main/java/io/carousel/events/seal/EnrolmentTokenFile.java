package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** An enrolment token in a file of mode 0600, on one line. */
public final class EnrolmentTokenFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  /** In bytes; a token has about 80, or 120 and more with pins. */
  private static final int LONGEST = 4 * 1024;

  private EnrolmentTokenFile() {}

  /**
   * Writes it into a new file.
   *
   * @throws IOException if it cannot, or there is such a file
   */
  public static void write(Path file, EnrolmentToken token) throws IOException {
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          "%s exists and is not overwritten; name another file, or remove it".formatted(file), e);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "%s cannot be made: its folder does not exist; make it first".formatted(file), e);
    }
    try {
      Files.writeString(file, token.text() + "\n", US_ASCII);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /**
   * Reads it.
   *
   * @throws IOException if it cannot, others can read it, or it holds no token
   */
  public static EnrolmentToken read(Path file) throws IOException {
    Set<PosixFilePermission> modes;
    try {
      modes = Files.getPosixFilePermissions(file);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "there is no enrolment token %s; make one with 'carousel fleet token create --out FILE' and bring it here"
              .formatted(file),
          e);
    }
    if (!OWNER_ONLY.containsAll(modes)) {
      throw new IOException(
          "%s holds an enrolment token and others can read it (mode %s); chmod 600 it, and if it was exposed revoke it with 'carousel fleet token revoke'"
              .formatted(file, PosixFilePermissions.toString(modes)));
    }
    if (Files.size(file) > LONGEST) {
      throw new IOException(file + " is no enrolment token: it is too long");
    }
    try {
      return EnrolmentToken.parse(Files.readString(file, ISO_8859_1).strip());
    } catch (IllegalArgumentException e) {
      throw new IOException("%s is no enrolment token: %s".formatted(file, e.getMessage()), e);
    }
  }
}
