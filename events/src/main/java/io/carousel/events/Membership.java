package io.carousel.events;

import java.util.List;

/**
 * What a participant does for one authority.
 *
 * @param roles at least one, each once, in the order of {@link Role}
 */
public record Membership(AuthorityName authority, List<Role> roles) {
  /** Sorts the roles and drops repetitions. */
  public Membership {
    roles = roles.stream().distinct().sorted().toList();
    if (roles.isEmpty()) {
      throw new IllegalArgumentException(
          "a participant of authority '%s' needs at least one role".formatted(authority));
    }
  }

  /** Whether it has that role. */
  public boolean has(Role role) {
    return roles.contains(role);
  }

  /** The profile of the credential it holds; empty if it only verifies. */
  public java.util.Optional<Profile> profile() {
    boolean client = has(Role.PRESENTS_CLIENT);
    boolean server = has(Role.PRESENTS_SERVER);
    if (client && server) {
      return java.util.Optional.of(Profile.BOTH);
    }
    if (client) {
      return java.util.Optional.of(Profile.CLIENT);
    }
    return server ? java.util.Optional.of(Profile.SERVER) : java.util.Optional.empty();
  }
}
