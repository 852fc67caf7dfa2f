package io.carousel.agent.output;

import io.carousel.agent.disk.Ownership;
import io.carousel.agent.service.Service;
import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.Role;
import java.nio.file.Path;
import java.util.List;

/**
 * One place where an authority's material goes.
 *
 * @param roles of what reads it: without {@code verifies} it holds no trust, with nothing else no
 *     key
 * @param format of the credential; X.509 alone for now
 * @param folder of its sets
 * @param service that reads them
 */
public record OutputSettings(
    AuthorityName authority,
    List<Role> roles,
    Format format,
    Layout layout,
    Path folder,
    Ownership ownership,
    Service service) {
  /** Copies. */
  public OutputSettings {
    roles = List.copyOf(roles);
  }

  boolean verifies() {
    return roles.contains(Role.VERIFIES);
  }

  boolean presents() {
    return roles.contains(Role.PRESENTS_CLIENT) || roles.contains(Role.PRESENTS_SERVER);
  }
}
