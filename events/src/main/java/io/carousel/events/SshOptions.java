package io.carousel.events;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What an OpenSSH user certificate allows and demands (PROTOCOL.certkeys). Host certificates have
 * neither.
 *
 * @param extensions names of extensions without a value, as {@code permit-pty}; sorted
 * @param criticalOptions as {@code force-command} or {@code source-address}; whoever does not know
 *     one refuses the certificate
 */
public record SshOptions(List<String> extensions, SortedMap<String, String> criticalOptions) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9@._-]{1,64}");
  private static final int MOST = 32;
  private static final int VALUE_LIMIT = 1_000;

  /** Neither. */
  public static final SshOptions NONE = new SshOptions(List.of(), new TreeMap<>());

  /** What {@code ssh-keygen} allows where it is told nothing. */
  public static final SshOptions DEFAULT =
      new SshOptions(
          List.of(
              "permit-X11-forwarding",
              "permit-agent-forwarding",
              "permit-port-forwarding",
              "permit-pty",
              "permit-user-rc"),
          new TreeMap<>());

  /** Checks and sorts. */
  public SshOptions {
    extensions = extensions.stream().distinct().sorted().toList();
    criticalOptions = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(criticalOptions));
    if (extensions.size() > MOST || criticalOptions.size() > MOST) {
      throw new IllegalArgumentException(
          "a certificate has at most %d options of a kind".formatted(MOST));
    }
    extensions.forEach(SshOptions::checkName);
    criticalOptions.forEach((name, value) -> {
      checkName(name);
      if (!value.equals(Identifier.plain(value, VALUE_LIMIT))) {
        throw new IllegalArgumentException(
            "the value of option '%s' must be at most %d characters without control characters"
                .formatted(name, VALUE_LIMIT));
      }
    });
  }

  private static void checkName(String name) {
    Identifier.check("name of an OpenSSH option", NAME, name);
  }
}
