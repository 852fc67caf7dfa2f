package io.carousel.agent.config;

import io.carousel.agent.service.Addresses;
import io.carousel.agent.service.Command;
import io.carousel.agent.service.CommandService;
import io.carousel.agent.service.HaproxyService;
import io.carousel.agent.service.NginxService;
import io.carousel.agent.service.PostgresqlService;
import io.carousel.agent.service.Service;
import io.carousel.agent.service.SshdService;
import io.carousel.agent.service.StartTls;
import io.carousel.agent.service.TlsServer;
import io.carousel.agent.service.TlsService;
import io.carousel.events.Format;
import io.carousel.events.Word;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what runs behind an output: commands, or a preset. */
final class ServiceSection {
  private static final Pattern ADDRESS = Pattern.compile("(?:\\[(.+)]|([^:\\[\\]]+)):(\\d{1,5})");
  private static final Duration RELOAD_WITHIN = Duration.ofSeconds(30);
  private static final Duration CHECK_WITHIN = Duration.ofSeconds(10);
  private static final String RELOAD = "reload";
  private static final String CHECK = "check";
  private static final String ADDRESSES = "address";

  /** Those with processes that hold connections and accept no more. */
  private static final Set<Preset> SEVERING =
      EnumSet.of(Preset.NGINX, Preset.HAPROXY, Preset.POSTGRESQL, Preset.SSHD);

  private ServiceSection() {}

  /** What is known of a service, by its name; each has a section of that name. */
  private enum Preset implements Word {
    NGINX("nginx", Format.X509),
    HAPROXY("haproxy", Format.X509),
    POSTGRESQL("postgresql", Format.X509),
    SSHD("sshd", Format.SSH),
    TLS("tls", Format.X509);

    private final String wire;
    private final Format format;

    Preset(String wire, Format format) {
      this.wire = wire;
      this.format = format;
    }

    @Override
    public String wire() {
      return wire;
    }
  }

  static Optional<? extends Service> read(Section from, Format format) {
    Optional<Preset> preset = from.parsed("preset", word -> preset(word, format));
    for (Preset other : Preset.values()) {
      if (from.has(other.wire()) && preset.filter(p -> p == other).isEmpty()) {
        from.fault(other.wire(), "needs 'preset: %s' beside it".formatted(other.wire()));
      }
    }
    return preset.isPresent() ? preset(preset.get(), from) : Optional.of(commands(from));
  }

  /** Whether connections from before can be told from others, and ended. */
  static boolean severs(Section from) {
    return from.text("preset")
        .filter(word -> SEVERING.stream().anyMatch(p -> p.wire().equals(word)))
        .isPresent();
  }

  private static Preset preset(String word, Format format) {
    Preset preset = Word.of(Preset.class, word);
    if (preset.format != format) {
      throw new IllegalArgumentException(
          "'%s' is for outputs of format %s, not %s".formatted(word, preset.format, format));
    }
    return preset;
  }

  private static CommandService commands(Section from) {
    return new CommandService(
        command(from, RELOAD, RELOAD_WITHIN), command(from, CHECK, CHECK_WITHIN));
  }

  private static Optional<Command> command(Section from, String key, Duration within) {
    if (!from.has(key)) {
      return Optional.empty();
    }
    Section command = from.section(key);
    List<String> words = command.list("command", Function.identity());
    Duration timeout = command.span("timeout", within);
    command.refuseUnknown();
    return words.isEmpty() ? Optional.empty() : Optional.of(new Command(words, timeout));
  }

  // --- presets ----------------------------------------------------------------------------------

  private static Optional<? extends Service> preset(Preset preset, Section from) {
    for (String key : preset == Preset.TLS ? List.of(CHECK) : List.of(RELOAD, CHECK)) {
      if (from.has(key)) {
        from.fault(key, "is what the preset does; leave out one of the two");
      }
    }
    Optional<Command> reload =
        preset == Preset.TLS ? command(from, RELOAD, RELOAD_WITHIN) : Optional.empty();
    Section own = from.section(preset.wire());
    Optional<? extends Service> read =
        switch (preset) {
          case NGINX -> nginx(own);
          case HAPROXY -> haproxy(own);
          case POSTGRESQL -> postgresql(own);
          case SSHD -> sshd(own);
          case TLS -> server(own, StartTls.NONE).map(server -> new TlsService(reload, server));
        };
    own.refuseUnknown();
    return read;
  }

  private static Optional<NginxService> nginx(Section from) {
    List<String> command = command(from, "nginx");
    Path pidFile = from.path("pidFile", Path.of("/run/nginx.pid"));
    return server(from, StartTls.NONE).map(s -> new NginxService(command, pidFile, s));
  }

  private static Optional<HaproxyService> haproxy(Section from) {
    List<String> command = command(from, "haproxy");
    List<String> config =
        from.has("config")
            ? from.list("config", Function.identity())
            : List.of("/etc/haproxy/haproxy.cfg");
    Path pidFile = from.path("pidFile", Path.of("/run/haproxy.pid"));
    return server(from, StartTls.NONE).map(s -> new HaproxyService(command, config, pidFile, s));
  }

  private static Optional<PostgresqlService> postgresql(Section from) {
    Optional<Path> pidFile = from.path("pidFile");
    return server(from, StartTls.POSTGRESQL)
        .flatMap(s -> pidFile.map(file -> new PostgresqlService(file, s)));
  }

  private static Optional<SshdService> sshd(Section from) {
    // Started by hand sshd wants its whole path, as it starts itself again.
    List<String> command = command(from, "/usr/sbin/sshd");
    Optional<Addresses> addresses = addresses(from);
    Duration timeout = from.span("timeout", RELOAD_WITHIN);
    return addresses.map(a -> new SshdService(command, a, timeout));
  }

  private static List<String> command(Section from, String usual) {
    return from.has("command") ? from.list("command", Function.identity()) : List.of(usual);
  }

  private static Optional<TlsServer> server(Section from, StartTls startTls) {
    Optional<Addresses> addresses = addresses(from);
    Optional<String> serverName = from.text("serverName");
    boolean clients = from.flag("clients", true);
    Duration timeout = from.span("timeout", RELOAD_WITHIN);
    return addresses.map(a -> new TlsServer(a, serverName, clients, startTls, timeout));
  }

  /** One, or a list. */
  private static Optional<Addresses> addresses(Section from) {
    List<InetSocketAddress> all =
        from.isList(ADDRESSES)
            ? from.list(ADDRESSES, ServiceSection::address)
            : from.needed(ADDRESSES, ServiceSection::address).stream().toList();
    return all.isEmpty() ? Optional.empty() : Optional.of(new Addresses(all));
  }

  static InetSocketAddress address(String text) {
    Matcher parts = ADDRESS.matcher(text);
    if (!parts.matches() || Integer.parseInt(parts.group(3)) > 65_535) {
      throw new IllegalArgumentException(
          "'%s' is no address; write HOST:PORT, as 127.0.0.1:443".formatted(text));
    }
    String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
    return InetSocketAddress.createUnresolved(host, Integer.parseInt(parts.group(3)));
  }
}
