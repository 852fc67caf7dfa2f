package io.carousel.signer.token.pkcs11;

import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.token.TokenUnusable.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** A PIN for as long as one login takes: read from its file, and wiped when closed. */
final class Pin implements AutoCloseable {
  private static final Set<PosixFilePermission> FOR_OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final char[] value;

  private Pin(char[] value) {
    this.value = value;
  }

  /** Refuses a file that is not there, or that others than its owner may read or write. */
  static void check(Path file) throws TokenUnusable {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new TokenUnusable(
          Fault.PIN_FILE_MISSING,
          ("cannot read the PIN file %s: there is no such file, or this user may not read it; "
                  + "write the token's user PIN into it, with mode 0600")
              .formatted(file));
    }
    if (permissions(file).stream().anyMatch(FOR_OTHERS::contains)) {
      throw new TokenUnusable(
          Fault.PIN_FILE_EXPOSED,
          ("the PIN file %s is open to others than its owner; run: chmod 600 %s, and change the "
                  + "PIN if others may have read it")
              .formatted(file, file));
    }
  }

  /** The PIN in that file, without one trailing newline. */
  static Pin read(Path file) throws TokenUnusable {
    check(file);
    byte[] bytes = bytes(file);
    try {
      Pin pin = new Pin(decode(bytes));
      if (pin.value.length == 0) {
        throw new TokenUnusable(
            Fault.PIN_FILE_EMPTY,
            "the PIN file %s is empty; write the token's user PIN into it".formatted(file));
      }
      return pin;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static byte[] bytes(Path file) throws TokenUnusable {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new TokenUnusable(
          Fault.PIN_FILE_MISSING, "cannot read the PIN file %s: %s".formatted(file, e), e);
    }
  }

  private static char[] decode(byte[] bytes) {
    CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
    try {
      int length = decoded.length();
      if (length > 0 && decoded.get(length - 1) == '\n') {
        length -= length > 1 && decoded.get(length - 2) == '\r' ? 2 : 1;
      }
      return Arrays.copyOf(decoded.array(), length);
    } finally {
      Arrays.fill(decoded.array(), '\0');
    }
  }

  private static Set<PosixFilePermission> permissions(Path file) throws TokenUnusable {
    try {
      return Files.getPosixFilePermissions(file);
    } catch (IOException e) {
      throw new TokenUnusable(
          Fault.PIN_FILE_MISSING, "cannot read the mode of the PIN file %s: %s".formatted(file, e));
    } catch (UnsupportedOperationException e) {
      return Set.of(); // a file system without modes has nothing to check
    }
  }

  /** The characters themselves, not a copy. */
  char[] value() {
    return value;
  }

  @Override
  public void close() {
    Arrays.fill(value, '\0');
  }
}
