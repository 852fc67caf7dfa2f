package io.carousel.events.openssh;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The lines by which hosts and users trust a CA's key. Each ends with a line feed. */
public final class TrustLines {
  /** A list of patterns stays one line that ssh reads; in characters. */
  public static final int PATTERNS_LIMIT = 1024;

  /** What would end a pattern, begin a hashed name, a mark or a comment (sshd(8)). */
  private static final String NOT_IN_PATTERNS = " |@#\"";

  private TrustLines() {}

  /**
   * A file of TrustedUserCAKeys (sshd_config(5)): one key on a line, in their order.
   *
   * @throws IllegalArgumentException if there is none: sshd takes an empty file for a wish to trust
   *     nobody, and whoever wishes that should say so otherwise
   */
  public static String trustedUserCaKeys(Collection<SshPublicKey> authorities) {
    return inOrder(authorities).stream()
        .map(key -> key.line() + "\n")
        .collect(Collectors.joining());
  }

  /**
   * Lines of known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) by which those CAs may certify
   * hosts.
   *
   * @param patterns of hosts, separated by commas, as {@code *.example.org,[10.0.0.1]:2222}
   * @throws IllegalArgumentException if there is no key, or the patterns are none
   */
  public static String knownHosts(String patterns, Collection<SshPublicKey> authorities) {
    checkPatterns(patterns);
    return inOrder(authorities).stream()
        .map(key -> "@cert-authority %s %s\n".formatted(patterns, key.line()))
        .collect(Collectors.joining());
  }

  /**
   * Checks that {@link #knownHosts} would take that.
   *
   * @throws IllegalArgumentException if it would not
   */
  public static void checkPatterns(String patterns) {
    Texts.checkWord("list of patterns", patterns, PATTERNS_LIMIT, NOT_IN_PATTERNS);
    if (List.of(patterns.split(",", -1)).contains("")) {
      throw new IllegalArgumentException("a pattern of hosts is empty");
    }
  }

  private static List<SshPublicKey> inOrder(Collection<SshPublicKey> authorities) {
    if (authorities.isEmpty()) {
      throw new IllegalArgumentException("no CA is to be trusted: name at least one key");
    }
    return authorities.stream().sorted().distinct().toList();
  }
}
