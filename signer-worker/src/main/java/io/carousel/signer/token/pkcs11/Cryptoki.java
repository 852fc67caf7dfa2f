package io.carousel.signer.token.pkcs11;

import iaik.pkcs.pkcs11.wrapper.CK_C_INITIALIZE_ARGS;
import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.token.TokenUnusable.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.xipki.pkcs11.wrapper.PKCS11Constants;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.PKCS11Module;

/**
 * One PKCS#11 library in this process: loaded once, initialised while anyone uses it.
 *
 * <p>Every call into it holds the read lock. Whoever finalises it holds the write lock, because
 * C_Finalize under a running call is undefined (PKCS#11 2.40, section 5.4); it ends all sessions of
 * all tokens of this library, which the {@link #generation} tells.
 */
final class Cryptoki {
  /** By real path; guarded by itself. Never emptied: the library stays loaded anyway. */
  private static final Map<Path, Cryptoki> LOADED = new HashMap<>();

  private final PKCS11Module module;
  private final Path path;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** Guarded by {@link #LOADED}. */
  private int users;

  /** Written under {@link #LOADED} before the first use. */
  private volatile Optional<String> reserved = Optional.empty();

  /** Guarded by {@link #lock}. */
  private long generation;

  private Cryptoki(PKCS11Module module, Path path) {
    this.module = module;
    this.path = path;
  }

  /** The library at that path, initialised; {@link #release} it when done. */
  static Cryptoki acquire(Path path, Optional<String> reserved)
      throws TokenUnavailable, TokenUnusable {
    check(path);
    synchronized (LOADED) {
      Path real = real(path);
      Cryptoki found = LOADED.get(real);
      if (found == null) {
        found = load(real);
        LOADED.put(real, found);
      }
      found.use(reserved);
      return found;
    }
  }

  private void use(Optional<String> parameters) throws TokenUnavailable, TokenUnusable {
    if (users == 0) {
      reserved = parameters;
      start();
    } else if (!reserved.equals(parameters)) {
      throw new TokenUnusable(
          Fault.MODULE_BROKEN,
          "module %s is in use with other library parameters; give all its tokens the same ones"
              .formatted(path));
    }
    users++;
  }

  private static void check(Path path) throws TokenUnusable {
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      throw new TokenUnusable(
          Fault.MODULE_MISSING,
          ("there is no readable PKCS#11 module at %s; install the HSM's library, or correct the "
                  + "module's path")
              .formatted(path));
    }
    ModulePath.check(path);
  }

  private static Path real(Path path) throws TokenUnusable {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new TokenUnusable(
          Fault.MODULE_MISSING, "cannot resolve module %s: %s".formatted(path, e), e);
    }
  }

  private static Cryptoki load(Path path) throws TokenUnusable {
    QuietLogger.install();
    try {
      return new Cryptoki(PKCS11Module.getInstance(path.toString()), path);
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new TokenUnusable(
          Fault.MODULE_BROKEN,
          "%s is no PKCS#11 module for this machine (%s); correct the module's path"
              .formatted(path, e.getMessage()),
          e);
    }
  }

  private void start() throws TokenUnavailable, TokenUnusable {
    lock.writeLock().lock();
    try {
      initialise();
    } catch (PKCS11Exception e) {
      String said =
          "module %s does not start (%s)%s".formatted(path, e.getErrorName(), startHint());
      if (Remedy.of(e.getErrorCode()) == Remedy.REINITIALISE) {
        throw new TokenUnavailable(said, e);
      }
      throw new TokenUnusable(Fault.MODULE_BROKEN, said, e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private String startHint() {
    return path.getFileName().toString().contains("softhsm")
        ? "; check the file that SOFTHSM2_CONF names, and the token directory in it"
        : "; check the vendor's configuration and that its service runs";
  }

  /** Gives it back; the last one finalises the library. */
  void release() {
    synchronized (LOADED) {
      users--;
      if (users == 0) {
        lock.writeLock().lock();
        try {
          finaliseQuietly();
        } finally {
          lock.writeLock().unlock();
        }
      }
    }
  }

  /** Drops everything and starts over. Needs the write lock. */
  void reinitialise() throws PKCS11Exception {
    finaliseQuietly();
    initialise();
  }

  private void initialise() throws PKCS11Exception {
    generation++;
    try {
      if (reserved.isPresent()) {
        initialiseWith(reserved.get());
      } else {
        module.initialize();
      }
    } catch (PKCS11Exception e) {
      if (e.getErrorCode() != PKCS11Constants.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
        throw e;
      }
    }
  }

  private void initialiseWith(String parameters) throws PKCS11Exception {
    CK_C_INITIALIZE_ARGS arguments = new CK_C_INITIALIZE_ARGS();
    arguments.flags = PKCS11Constants.CKF_OS_LOCKING_OK;
    arguments.pReserved = parameters;
    try {
      module.getPKCS11Module().C_Initialize(arguments, true);
    } catch (iaik.pkcs.pkcs11.wrapper.PKCS11Exception e) {
      throw module.convertException(e);
    }
  }

  private void finaliseQuietly() {
    try {
      module.finalize(null);
    } catch (PKCS11Exception e) {
      // it was not initialised, or its token is gone: either way it is over
    }
  }

  PKCS11Module module() {
    return module;
  }

  /** Grows whenever all handles of this library became void. */
  long generation() {
    return generation;
  }

  ReentrantReadWriteLock lock() {
    return lock;
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
