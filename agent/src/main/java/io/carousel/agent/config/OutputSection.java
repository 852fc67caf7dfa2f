package io.carousel.agent.config;

import io.carousel.agent.disk.Ownership;
import io.carousel.agent.output.Layout;
import io.carousel.agent.output.OutputSettings;
import io.carousel.agent.service.ClientVerifier;
import io.carousel.agent.service.Command;
import io.carousel.agent.service.ServerVerifier;
import io.carousel.agent.service.Service;
import io.carousel.agent.service.Verifier;
import io.carousel.events.AuthorityName;
import io.carousel.events.Canary;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.Word;
import io.carousel.events.openssh.TrustLines;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one of the outputs. */
final class OutputSection {
  private static final Pattern MODE = Pattern.compile("0?([0-7])([0-7])([0-7])");
  private static final Duration CHECK_WITHIN = Duration.ofSeconds(10);
  private static final String CANARY = "canary";
  private static final String SEVER = "sever";

  private OutputSection() {}

  static Optional<OutputSettings> read(Section from) {
    Optional<AuthorityName> authority = from.needed("authority", OutputSection::authority);
    List<Role> roles = from.list("roles", word -> Word.of(Role.class, word));
    Format format = from.parsed("format", w -> Word.of(Format.class, w)).orElse(Format.X509);
    if (format == Format.JWT && !roles.isEmpty() && !roles.equals(List.of(Role.VERIFIES))) {
      from.fault("roles", "of format jwt can be 'verifies' alone: the agent keeps no tokens");
    }
    Layout layout =
        from.parsed("layout", word -> layout(word, format)).orElseGet(() -> Layout.of(format));
    String hosts = hosts(from, format);
    Optional<Path> folder = from.path("folder");
    Optional<String> owner =
        from.parsed("owner", known("user", UserPrincipalLookupService::lookupPrincipalByName));
    Optional<String> group =
        from.parsed(
            "group", known("group", UserPrincipalLookupService::lookupPrincipalByGroupName));
    Set<PosixFilePermission> mode =
        from.parsed("mode", OutputSection::mode).orElse(Ownership.PRIVATE.mode());
    Optional<? extends Service> service = ServiceSection.read(from, format);
    Optional<Duration> sever = sever(from, roles);
    Optional<Verifier> verifier = authority.flatMap(a -> verifier(from, a, roles, format));
    from.refuseUnknown();
    if (authority.isEmpty() || folder.isEmpty() || service.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new OutputSettings(
            authority.get(),
            roles,
            format,
            layout,
            folder.get(),
            new Ownership(owner, group, mode),
            service.get(),
            hosts,
            verifier,
            sever));
  }

  private static AuthorityName authority(String text) {
    var name = new AuthorityName(text);
    if (name.equals(AuthorityName.BUILT_IN)) {
      throw new IllegalArgumentException(
          "'%s' is between agents and their house; name an authority of yours".formatted(name));
    }
    return name;
  }

  private static Layout layout(String word, Format format) {
    Layout layout = Word.of(Layout.class, word);
    if (layout.format() != format) {
      throw new IllegalArgumentException(
          "'%s' is a layout of format %s, and this output is of %s"
              .formatted(word, layout.format(), format));
    }
    return layout;
  }

  private static String hosts(Section from, Format format) {
    if (from.has("hosts") && format != Format.SSH) {
      from.fault("hosts", "is about known_hosts, which only outputs of format ssh have");
    }
    return from.parsed("hosts", OutputSection::patterns).orElse(OutputSettings.ANY_HOST);
  }

  /** Refuses at once what could not be written later. */
  private static String patterns(String text) {
    TrustLines.checkPatterns(text);
    return text;
  }

  /** Which connections those are is known of the presets that have processes apart for them. */
  private static Optional<Duration> sever(Section from, List<Role> roles) {
    if (!from.has(SEVER)) {
      return Optional.empty();
    }
    if (!roles.contains(Role.VERIFIES)) {
      from.fault(SEVER, "is for outputs with 'verifies' among their roles");
    }
    if (!ServiceSection.severs(from)) {
      from.fault(SEVER, "needs one of the presets nginx, haproxy, postgresql and sshd");
    }
    return Optional.of(from.span(SEVER, Duration.ZERO));
  }

  private static Set<PosixFilePermission> mode(String text) {
    Matcher digits = MODE.matcher(text);
    if (!digits.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no mode; write it in octal, as 0640".formatted(text));
    }
    var letters = new StringBuilder();
    for (int who = 1; who <= 3; who++) {
      int bits = Integer.parseInt(digits.group(who));
      letters.append((bits & 4) != 0 ? 'r' : '-');
      letters.append((bits & 2) != 0 ? 'w' : '-');
      letters.append((bits & 1) != 0 ? 'x' : '-');
    }
    Set<PosixFilePermission> mode = PosixFilePermissions.fromString(letters.toString());
    if (mode.contains(PosixFilePermission.OTHERS_READ)) {
      throw new IllegalArgumentException(
          "'%s' would let everybody read a private key; give it to a group, as 0640"
              .formatted(text));
    }
    if (!mode.contains(PosixFilePermission.OWNER_READ)) {
      throw new IllegalArgumentException(
          "with '%s' not even the owner could read the files".formatted(text));
    }
    return mode;
  }

  @FunctionalInterface
  private interface Lookup {
    Object find(UserPrincipalLookupService names, String name) throws IOException;
  }

  private static Function<String, String> known(String kind, Lookup lookup) {
    return name -> {
      try {
        lookup.find(FileSystems.getDefault().getUserPrincipalLookupService(), name);
        return name;
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "there is no %s '%s' on this machine".formatted(kind, name), e);
      }
    };
  }

  // --- the verifier -----------------------------------------------------------------------------

  /** A server is shown a client's certificate, and a client is called by a server's. */
  private static Optional<Verifier> verifier(
      Section from, AuthorityName authority, List<Role> roles, Format format) {
    if (!from.has(CANARY)) {
      return Optional.empty();
    }
    if (format != Format.X509) {
      from.fault(CANARY, "is for outputs of format x509: canaries are certificates of TLS");
      return Optional.empty();
    }
    Section canary = from.section(CANARY);
    Set<Profile> fitting = roles.isEmpty() ? Set.of() : new Membership(authority, roles).canaries();
    Profile profile = canary.has("command") ? Profile.CANARY_SERVER : Profile.CANARY_CLIENT;
    if (!fitting.contains(profile)) {
      from.fault(
          CANARY,
          roles.contains(Role.VERIFIES)
              ? "does not fit the roles: 'connect' tries a server, 'command' a client"
              : "is for outputs with 'verifies' among their roles");
    }
    Optional<Verifier> read = profile == Profile.CANARY_SERVER ? client(canary) : server(canary);
    canary.refuseUnknown();
    return read;
  }

  private static Optional<Verifier> client(Section canary) {
    List<String> words = canary.list("command", Function.identity());
    Duration timeout = canary.span("timeout", CHECK_WITHIN);
    return words.isEmpty()
        ? Optional.empty()
        : Optional.of(new ClientVerifier(new Command(words, timeout), Canary.NAME));
  }

  private static Optional<Verifier> server(Section canary) {
    Optional<InetSocketAddress> address = canary.needed("connect", ServiceSection::address);
    Optional<String> serverName = canary.text("serverName");
    String send = canary.text("send").orElse(ServerVerifier.HTTP);
    Pattern refused =
        canary.parsed("refused", Pattern::compile).orElse(ServerVerifier.HTTP_REFUSED);
    Duration timeout = canary.span("timeout", CHECK_WITHIN);
    return address.map(a -> new ServerVerifier(a, serverName, send, refused, timeout));
  }
}
