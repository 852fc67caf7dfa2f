package io.carousel.agent.config;

import io.carousel.agent.output.OutputSettings;
import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All that an agent is told.
 *
 * @param house where the house is, and how to get in
 * @param name under which the agent is enrolled
 * @param identityKey the file of its identity key; made at the first start
 * @param token the file of the enrolment token by which it comes in; empty if an operator enrols it
 * @param state the folder of what it remembers
 * @param crls how often it looks for new CRLs
 * @param metrics where it tells its metrics; empty if nowhere
 * @param outputs where material goes; at least one
 */
public record AgentConfig(
    House house,
    ParticipantName name,
    Path identityKey,
    Optional<Path> token,
    Path state,
    Duration crls,
    Optional<InetSocketAddress> metrics,
    List<OutputSettings> outputs) {
  private static final Path STATE = Path.of("/var/lib/carousel-agent");
  private static final String ADDRESS = "write HOST:PORT, as 127.0.0.1:9464";
  private static final Duration CRLS = Duration.ofMinutes(5);

  /** Copies. */
  public AgentConfig {
    outputs = List.copyOf(outputs);
  }

  /** The house, and by what one knows the other. */
  public sealed interface House {
    /** Where it is. */
    URI url();

    /**
     * On this machine.
     *
     * @param secretFile a file, never a value: configurations get pasted into tickets
     */
    record BySecret(URI url, Path secretFile) implements House {}

    /**
     * On another machine.
     *
     * @param pins SHA-256 of the SubjectPublicKeyInfo of the CAs by which it is known at first;
     *     empty if the enrolment token says it
     */
    record ByTls(URI url, Set<Digest> pins) implements House {
      /** Copies. */
      public ByTls {
        pins = Set.copyOf(pins);
      }
    }
  }

  /** Its outputs by authority, in the file's order. */
  public Map<AuthorityName, List<OutputSettings>> byAuthority() {
    var all = new LinkedHashMap<AuthorityName, List<OutputSettings>>();
    outputs.forEach(o -> all.computeIfAbsent(o.authority(), _ -> new ArrayList<>()).add(o));
    return all;
  }

  /**
   * As what it has to be enrolled: the roles of all outputs of an authority together, and with a
   * house on another machine also what it shows to that.
   */
  public List<Membership> memberships() {
    Stream<Membership> ofHouse =
        house instanceof House.ByTls
            ? Stream.of(
                new Membership(
                    AuthorityName.BUILT_IN, List.of(Role.PRESENTS_CLIENT, Role.VERIFIES)))
            : Stream.empty();
    Stream<Membership> ofOutputs =
        byAuthority().entrySet().stream()
            .map(entry -> membership(entry.getKey(), entry.getValue()));
    return Stream.concat(ofHouse, ofOutputs).toList();
  }

  private static Membership membership(AuthorityName authority, List<OutputSettings> outputs) {
    return new Membership(
        authority,
        outputs.stream().flatMap(o -> o.roles().stream()).toList(),
        outputs.stream().map(OutputSettings::format).toList(),
        List.of());
  }

  /**
   * Reads a file.
   *
   * @throws BadConfiguration listing all that is wrong with it
   */
  public static AgentConfig read(Path file) throws BadConfiguration {
    var faults = new ArrayList<String>();
    Path base = file.toAbsolutePath().getParent();
    var root = new Section("", base, Yaml.read(file), faults);
    Section participant = root.section("participant");
    Optional<ParticipantName> name = participant.needed("name", ParticipantName::new);
    Path state = root.path("state", STATE);
    Path identityKey = participant.path("identityKey", state.resolve("identity.key"));
    Optional<Path> token =
        participant.has("tokenFile") ? participant.path("tokenFile") : Optional.empty();
    participant.refuseUnknown();
    Optional<House> house = house(root.section("house"), token.isPresent());
    Duration crls = root.span("crls", CRLS);
    Optional<InetSocketAddress> metrics = root.parsed("metrics", AgentConfig::address);
    List<Optional<OutputSettings>> outputs =
        root.sections("outputs").stream().map(OutputSection::read).toList();
    root.refuseUnknown();
    if (!faults.isEmpty()) {
      throw new BadConfiguration(file, faults);
    }
    List<OutputSettings> all = outputs.stream().map(Optional::orElseThrow).toList();
    requireOwnFolders(file, all);
    requireNoTokens(file, all);
    return new AgentConfig(
        house.orElseThrow(), name.orElseThrow(), identityKey, token, state, crls, metrics, all);
  }

  /** {@code HOST:PORT}; an address of IPv6 in brackets. */
  private static InetSocketAddress address(String text) {
    URI there;
    try {
      there = new URI("http://" + text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'%s': %s".formatted(text, ADDRESS), e);
    }
    int port = there.getPort();
    boolean whole = there.getUserInfo() == null && text.equals(there.getRawAuthority());
    if (there.getHost() == null || !whole || port < 0 || port > 65_535) {
      throw new IllegalArgumentException("'%s': %s".formatted(text, ADDRESS));
    }
    var address = new InetSocketAddress(there.getHost(), port);
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("there is no host '%s'".formatted(there.getHost()));
    }
    return address;
  }

  /** A client of an authority would be issued a token too, if it is enrolled for that format. */
  private static void requireNoTokens(Path file, List<OutputSettings> outputs)
      throws BadConfiguration {
    for (OutputSettings output : outputs) {
      boolean asks =
          outputs.stream()
              .filter(o -> o.authority().equals(output.authority()))
              .anyMatch(o -> o.roles().contains(Role.PRESENTS_CLIENT));
      if (output.format() == Format.JWT && asks) {
        throw new BadConfiguration(
            file,
            List.of(
                "outputs: authority '%s' has one of format jwt and one with 'presents-client': the agent keeps no tokens; verify them as a participant of its own"
                    .formatted(output.authority())));
      }
    }
  }

  private static void requireOwnFolders(Path file, List<OutputSettings> outputs)
      throws BadConfiguration {
    var folders = new HashSet<Path>();
    for (OutputSettings output : outputs) {
      if (!folders.add(output.folder())) {
        throw new BadConfiguration(
            file,
            List.of(
                "two outputs have the folder %s; give each its own".formatted(output.folder())));
      }
    }
  }

  private static Optional<House> house(Section from, boolean token) {
    Optional<URI> url = from.needed("url", AgentConfig::url);
    boolean away = url.filter(u -> u.getScheme().equals("https")).isPresent();
    if (token && away && !from.has("pins") && !from.has("secretFile")) {
      from.refuseUnknown();
      return url.map(u -> new House.ByTls(u, Set.of()));
    }
    if (!from.has("pins")) {
      Optional<Path> secret = from.path("secretFile");
      from.refuseUnknown();
      return url.flatMap(u -> secret.map(s -> new House.BySecret(u, s)));
    }
    List<Digest> pins = from.list("pins", Digest::new);
    if (from.has("secretFile")) {
      from.fault("secretFile", "is for a house on this machine, pins are for one elsewhere");
    }
    from.refuseUnknown();
    if (url.isEmpty() || pins.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new House.ByTls(url.get(), Set.copyOf(pins)));
  }

  private static URI url(String text) {
    URI url = URI.create(text);
    if (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())) {
      throw new IllegalArgumentException(
          "'%s' is no URL of a house; write http://127.0.0.1:PORT or https://HOST:PORT"
              .formatted(text));
    }
    return url;
  }
}
