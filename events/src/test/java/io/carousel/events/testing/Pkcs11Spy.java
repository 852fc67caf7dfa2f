package io.carousel.events.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * OpenSC's {@code pkcs11-spy}, a module that sits between a program and a module and writes down
 * every call: a count of signatures that shares no code with who asks for them.
 *
 * <p>It has {@code C_GetInterfaceList} of PKCS#11 3.0, which the wrapper calls first where it finds
 * it; in front of a 2.40 module (SoftHSM) the spy of OpenSC 0.23 then writes to a null pointer. So
 * a copy is used that does not show that one function, and the wrapper falls back to {@code
 * C_GetFunctionList}.
 */
public final class Pkcs11Spy {
  private static final String HIDDEN = "C_GetInterfaceList";

  // ELF-64 (System V ABI, chapter 4): where things are, in bytes
  private static final int SECTIONS = 0x28;
  private static final int SECTION_SIZE = 0x3A;
  private static final int SECTION_COUNT = 0x3C;
  private static final int TYPE = 4;
  private static final int OFFSET = 24;
  private static final int SIZE = 32;
  private static final int LINK = 40;
  private static final int SHT_DYNSYM = 11;
  private static final int SYMBOL_SIZE = 24;
  private static final int SYMBOL_OTHER = 5;
  private static final byte STV_HIDDEN = 2;

  private final Path module;
  private final Path log;

  private Pkcs11Spy(Path module, Path log) {
    this.module = module;
    this.log = log;
  }

  /** One that writes its log into that directory. */
  public static Pkcs11Spy in(Path directory) throws IOException {
    Optional<Path> spy = Libraries.find("pkcs11-spy.so");
    assumeTrue(spy.isPresent(), "pkcs11-spy.so is not installed");
    ByteBuffer library =
        ByteBuffer.wrap(Files.readAllBytes(spy.get())).order(ByteOrder.LITTLE_ENDIAN);
    hide(library);
    return new Pkcs11Spy(
        Files.write(directory.resolve("pkcs11-spy.so"), library.array()),
        directory.resolve("pkcs11-spy.log"));
  }

  /** Makes the dynamic linker pass over the symbol, which the library itself still finds. */
  private static void hide(ByteBuffer library) throws IOException {
    for (int i = 0; i < library.getShort(SECTION_COUNT); i++) {
      int section = section(library, i);
      if (library.getInt(section + TYPE) == SHT_DYNSYM) {
        int names = offset(library, section(library, library.getInt(section + LINK)));
        int first = offset(library, section);
        int end = first + Math.toIntExact(library.getLong(section + SIZE));
        for (int symbol = first; symbol < end; symbol += SYMBOL_SIZE) {
          if (name(library, names + library.getInt(symbol)).equals(HIDDEN)) {
            library.put(symbol + SYMBOL_OTHER, STV_HIDDEN);
            return;
          }
        }
      }
    }
    throw new IOException("pkcs11-spy.so has no dynamic symbol " + HIDDEN);
  }

  private static int section(ByteBuffer library, int number) {
    return Math.toIntExact(library.getLong(SECTIONS)) + number * library.getShort(SECTION_SIZE);
  }

  private static int offset(ByteBuffer library, int section) {
    return Math.toIntExact(library.getLong(section + OFFSET));
  }

  private static String name(ByteBuffer library, int at) {
    int end = at;
    while (library.get(end) != 0) {
      end++;
    }
    byte[] name = new byte[end - at];
    library.get(at, name);
    return new String(name, US_ASCII);
  }

  /** What to load instead of the module. */
  public Path module() {
    return module;
  }

  /** What the environment of the process that loads it must hold. */
  public Map<String, String> environment(Path spiedOn) {
    return Map.of("PKCS11SPY", spiedOn.toString(), "PKCS11SPY_OUTPUT", log.toString());
  }

  /**
   * The same for a log on the process's standard error, which is not buffered: what a call gets is
   * written before the call is passed on, and no SIGKILL takes it back. Its own file it writes at
   * the end of a call.
   */
  public static Map<String, String> unbuffered(Path spiedOn) {
    return Map.of("PKCS11SPY", spiedOn.toString());
  }

  /** What it has written so far; processes that run one after the other add to it. */
  public SpyLog log() throws IOException {
    return SpyLog.read(log);
  }
}
