package io.carousel.signer.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
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
 */
public record TokenConfig(
    Path module,
    String tokenLabel,
    Optional<String> tokenSerial,
    Path pinFile,
    int sessions,
    Optional<String> reserved,
    boolean spendLastTries) {
  private static final int LABEL_BYTES = 32;
  private static final int MOST_SESSIONS = 1024;

  /** Checks all of it; one message lists every fault. */
  public TokenConfig {
    List<String> faults = new ArrayList<>();
    if (tokenLabel.isBlank() || tokenLabel.getBytes(UTF_8).length > LABEL_BYTES) {
      faults.add("the token label must have 1 to %d bytes".formatted(LABEL_BYTES));
    }
    if (sessions < 1 || sessions > MOST_SESSIONS) {
      faults.add("sessions must be 1 to %d, not %d".formatted(MOST_SESSIONS, sessions));
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
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
