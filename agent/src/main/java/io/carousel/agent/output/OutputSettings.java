package io.carousel.agent.output;

import io.carousel.agent.OwnCredential;
import io.carousel.agent.disk.Ownership;
import io.carousel.agent.service.Service;
import io.carousel.agent.service.Verifier;
import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One place where an authority's material goes.
 *
 * @param roles of what reads it: without {@code verifies} it holds no trust, with nothing else no
 *     key
 * @param format of the credentials, and of whom it trusts
 * @param folder of its sets
 * @param service that reads them
 * @param hosts patterns of the hosts that {@code known_hosts} is about (sshd(8))
 * @param canary how what it verifies can be tried with canaries; empty if it cannot be
 * @param sever how long after its service has let go of a CA connections from before are ended;
 *     empty: never
 */
public record OutputSettings(
    AuthorityName authority,
    List<Role> roles,
    Format format,
    Layout layout,
    Path folder,
    Ownership ownership,
    Service service,
    String hosts,
    Optional<Verifier> canary,
    Optional<Duration> sever) {
  /** Of any host. */
  public static final String ANY_HOST = "*";

  /** One that cannot be tried. */
  public OutputSettings(
      AuthorityName authority,
      List<Role> roles,
      Format format,
      Layout layout,
      Path folder,
      Ownership ownership,
      Service service) {
    this(
        authority,
        roles,
        format,
        layout,
        folder,
        ownership,
        service,
        ANY_HOST,
        Optional.empty(),
        Optional.empty());
  }

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

  /** Whether it is to hold that one. */
  boolean shows(OwnCredential own) {
    boolean ofClients = roles.contains(Role.PRESENTS_CLIENT) && own.profile().isForClients();
    boolean ofServers = roles.contains(Role.PRESENTS_SERVER) && own.profile().isForServers();
    return own.format() == format && (ofClients || ofServers);
  }
}
