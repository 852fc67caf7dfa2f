package io.carousel.agent.output;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.agent.disk.FileMark;
import io.carousel.agent.disk.Ownership;
import io.carousel.agent.disk.SetFolder;
import io.carousel.events.Bytes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * The password of an output's key stores, in a file of mode 0600 beside its sets. It stays the same
 * from set to set, since services are told it once; an agent that runs puts it back if somebody
 * changes it.
 */
final class StorePassword {
  private static final String FILE = "password";
  private static final int BYTES = 24;
  private static final int LONGEST = 4096;

  private final SetFolder sets;
  private final Ownership ownership;

  /** The file's content, as this run has read or written it. */
  private volatile Optional<Bytes> known = Optional.empty();

  StorePassword(SetFolder sets, OutputSettings output) {
    this.sets = sets;
    this.ownership = output.ownership().ownerOnly();
  }

  char[] readOrCreate() throws IOException {
    if (known.isEmpty()) {
      known = Optional.of(readOrRandom());
    }
    if (flaw().isPresent()) {
      sets.writeBeside(FILE, known.get(), ownership);
    }
    return text(known.get()).toCharArray();
  }

  private Bytes readOrRandom() throws IOException {
    try {
      Bytes read = sets.readBeside(FILE, LONGEST);
      if (!text(read).isEmpty()) {
        return read;
      }
    } catch (NoSuchFileException e) {
      // There is none yet, or none any more.
    }
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String password = Base64.getUrlEncoder().encodeToString(random);
    return Bytes.of((password + "\n").getBytes(US_ASCII));
  }

  private static String text(Bytes content) {
    return new String(content.toArray(), US_ASCII).strip();
  }

  /** What the file is known by; empty if this run has not used it. */
  Optional<FileMark> mark() {
    return known.map(FileMark::of);
  }

  /** What of the file is not as it was; empty if all is, or nobody has used it. */
  Optional<String> flaw() {
    return mark().flatMap(mark -> sets.flawBeside(FILE, mark, ownership));
  }
}
