package io.carousel.signer.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which token, and how to get in.
 *
 * @param module the PKCS#11 library; a file that not everyone may write to
 * @param tokenLabel binds to the token by its label, because slot numbers change
 * @param tokenSerial and by its serial number, where several tokens share a label
 * @param pinFile a file, never a value: configurations get pasted into tickets. One trailing
 *     newline is dropped. Only its owner may read it
 * @param sessions how many operations run at once: as many as cores for a token in software, dozens
 *     for one across a network
 * @param reserved library parameters for modules that want them at initialisation (NSS softokn)
 * @param spendLastTries whether to log in though the token says that few tries are left
 * @param hangsAfter how long a call into the module may take before it counts as hanging; longer
 *     than the module's own time limits. Making and destroying keys may take five times as long
 */
public record TokenConfig(
    Path module,
    String tokenLabel,
    Optional<String> tokenSerial,
    Path pinFile,
    int sessions,
    Optional<String> reserved,
    boolean spendLastTries,
    Duration hangsAfter) {
  private static final int LABEL_BYTES = 32;
  private static final int MOST_SESSIONS = 1024;
  private static final Duration HANGS_AFTER = Duration.ofMinutes(1);

  /** Checks all of it; one message lists every fault. */
  public TokenConfig {
    List<String> faults = new ArrayList<>();
    if (tokenLabel.isBlank() || tokenLabel.getBytes(UTF_8).length > LABEL_BYTES) {
      faults.add("the token label must have 1 to %d bytes".formatted(LABEL_BYTES));
    }
    if (sessions < 1 || sessions > MOST_SESSIONS) {
      faults.add("sessions must be 1 to %d, not %d".formatted(MOST_SESSIONS, sessions));
    }
    if (hangsAfter.compareTo(Duration.ofSeconds(1)) < 0) {
      faults.add("a call may not count as hanging before one second, not after " + hangsAfter);
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /** The same with a minute before a call counts as hanging. */
  public TokenConfig(
      Path module,
      String tokenLabel,
      Optional<String> tokenSerial,
      Path pinFile,
      int sessions,
      Optional<String> reserved,
      boolean spendLastTries) {
    this(module, tokenLabel, tokenSerial, pinFile, sessions, reserved, spendLastTries, HANGS_AFTER);
  }

  /** The same without spending last tries. */
  public TokenConfig(
      Path module,
      String tokenLabel,
      Optional<String> tokenSerial,
      Path pinFile,
      int sessions,
      Optional<String> reserved) {
    this(module, tokenLabel, tokenSerial, pinFile, sessions, reserved, false);
  }

  /**
   * Written when the token refuses the PIN, and deleted by an operator who has put it right: so
   * that workers which restart with a stale PIN do not lock the token.
   */
  public Path wrongPinMark() {
    return pinFile.resolveSibling(pinFile.getFileName() + ".refused");
  }
}
