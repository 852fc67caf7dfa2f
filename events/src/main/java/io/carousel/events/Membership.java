package io.carousel.events;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a participant does for one authority.
 *
 * @param roles at least one, each once, in the order of {@link Role}
 * @param formats in which it presents and verifies: at least one, each once, in the order of {@link
 *     Format}
 * @param names that its credentials may hold beside its own name; sorted
 */
public record Membership(
    AuthorityName authority, List<Role> roles, List<Format> formats, List<SubjectName> names) {
  /** Most names. */
  public static final int MOST_NAMES = 256;

  /** Sorts, and drops repetitions. */
  public Membership {
    roles = roles.stream().distinct().sorted().toList();
    formats = formats.stream().distinct().sorted().toList();
    names = names.stream().distinct().sorted().toList();
    if (roles.isEmpty()) {
      throw new IllegalArgumentException(
          "a participant of authority '%s' needs at least one role".formatted(authority));
    }
    if (formats.isEmpty()) {
      throw new IllegalArgumentException(
          "a participant of authority '%s' needs at least one format".formatted(authority));
    }
    if (names.size() > MOST_NAMES) {
      throw new IllegalArgumentException(
          "a participant has at most %d names for one authority, not %d"
              .formatted(MOST_NAMES, names.size()));
    }
  }

  /** X.509 alone, under the participant's own name. */
  public Membership(AuthorityName authority, List<Role> roles) {
    this(authority, roles, List.of(Format.X509), List.of());
  }

  /** Whether it has that role. */
  public boolean has(Role role) {
    return roles.contains(role);
  }

  /**
   * What it presents in that format. A certificate can be good for clients and servers; an OpenSSH
   * certificate is of a user or of a host; a token is shown by clients alone.
   */
  public Set<Profile> profiles(Format format) {
    boolean client = has(Role.PRESENTS_CLIENT);
    boolean server = has(Role.PRESENTS_SERVER) && format != Format.JWT;
    if (!formats.contains(format) || !(client || server)) {
      return Set.of();
    }
    if (client && server) {
      return format == Format.X509
          ? Set.of(Profile.BOTH)
          : EnumSet.of(Profile.CLIENT, Profile.SERVER);
    }
    return Set.of(client ? Profile.CLIENT : Profile.SERVER);
  }

  /**
   * The canaries that its verifier may be tried with: of the side that it verifies, which is the
   * other one than it presents, or either if it presents nothing.
   */
  public Set<Profile> canaries() {
    if (!has(Role.VERIFIES) || !formats.contains(Format.X509)) {
      return Set.of();
    }
    boolean client = has(Role.PRESENTS_CLIENT);
    boolean server = has(Role.PRESENTS_SERVER);
    if (client == server) {
      return EnumSet.of(Profile.CANARY_CLIENT, Profile.CANARY_SERVER);
    }
    return Set.of(server ? Profile.CANARY_CLIENT : Profile.CANARY_SERVER);
  }

  /** Whether its credentials may hold that name. */
  public boolean mayHold(SubjectName name) {
    return names.contains(name);
  }

  /** The names that credentials of that format may hold. */
  public List<SubjectName> names(Format format) {
    return names.stream().filter(n -> n.kind().format() == format).toList();
  }
}
