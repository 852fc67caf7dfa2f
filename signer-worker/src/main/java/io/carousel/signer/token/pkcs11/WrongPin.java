package io.carousel.signer.token.pkcs11;

import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.token.TokenUnusable.Fault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.xipki.pkcs11.wrapper.PKCS11Exception;

/**
 * Sees to it that a PIN the token has refused is not tried again: not in this process, not after a
 * restart, and not by other workers which start at the same moment with the same PIN file.
 */
final class WrongPin {
  /** Guards the lock files against this process's own threads; the files guard against others. */
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  private final Path mark;
  private final Path lock;
  private final String token;
  private volatile boolean refused;

  WrongPin(TokenConfig config) {
    mark = config.wrongPinMark();
    lock = mark.resolveSibling(config.pinFile().getFileName() + ".lock");
    token = config.tokenLabel();
  }

  /** One try of a PIN. */
  interface Try {
    void run() throws PKCS11Exception, TokenUnusable;
  }

  /** Tries once, alone among all workers with this PIN file; refused if it was wrong before. */
  void guard(Try attempt) throws PKCS11Exception, TokenUnusable {
    IN_THIS_PROCESS.lock();
    try (FileChannel channel = open();
        FileLock held = channel == null ? null : channel.lock()) {
      check();
      attempt.run();
    } catch (IOException e) {
      throw new TokenUnusable(
          Fault.PIN_FILE_MISSING, "cannot lock %s before trying the PIN: %s".formatted(lock, e), e);
    } finally {
      IN_THIS_PROCESS.unlock();
    }
  }

  /** Where nothing can be written beside the PIN file, workers are not kept apart. */
  private FileChannel open() {
    try {
      return FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      return null;
    }
  }

  /** Refuses if the PIN was found wrong before. */
  void check() throws TokenUnusable {
    if (refused || Files.exists(mark)) {
      throw new TokenUnusable(
          Fault.PIN_MARKED_WRONG,
          ("token '%s' refused this PIN earlier, and trying again could lock it; put the PIN file "
                  + "right, delete %s, and start again")
              .formatted(token, mark));
    }
  }

  /** Remembers that the PIN is wrong, and says so. */
  TokenUnusable remember(PKCS11Exception why) {
    refused = true;
    String next = "put the PIN file right, delete %s, and start again".formatted(mark);
    try {
      Files.writeString(
          mark,
          "Token '%s' refused the PIN (%s). Put the PIN right, then delete this file.%n"
              .formatted(token, why.getErrorName()));
    } catch (IOException e) {
      next =
          ("this could not be written down (%s), so do not start again before the PIN file is put "
                  + "right")
              .formatted(e);
    }
    return new TokenUnusable(
        Fault.PIN_WRONG,
        "token '%s' refused the PIN (%s); it will not be tried again: %s"
            .formatted(token, why.getErrorName(), next),
        why);
  }
}
