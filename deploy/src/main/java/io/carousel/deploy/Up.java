package io.carousel.deploy;

import io.carousel.deploy.node.ListenAddress;
import io.carousel.deploy.node.Node;
import io.carousel.deploy.node.NodeFolder;
import io.carousel.deploy.node.NodeTrouble;
import io.carousel.events.ClockWatch;
import io.carousel.events.Digest;
import io.carousel.events.SlotName;
import io.carousel.events.Span;
import io.carousel.orchestrator.cli.ExitCode;
import io.carousel.orchestrator.cli.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a node until it is asked to stop. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Run a node: Kafka broker, orchestrator and one signer worker for each HSM slot.",
      "Its data survives restarts. Ctrl-C stops it."
    })
final class Up implements Callable<Integer> {
  private static final int MOST_PORT = 65_535;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = {
        "The data folder. Default: $$CAROUSEL_DATA, or carousel/node in the user's data folder."
      })
  private Path data;

  @Option(
      names = "--slot",
      paramLabel = "NAME",
      split = ",",
      description = "A slot to make at the first start; repeat it. Default: hsm-a and hsm-b.")
  private List<SlotName> slots = List.of();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8437",
      description = "The port of the HTTP API on loopback; 0: any free one. Default: 8437.")
  private int port;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      description = {
        "Where participants on other machines are received, over TLS by the built-in authority; port 0: any free one. Default: nowhere."
      })
  private String listen;

  @Option(
      names = "--listen-name",
      paramLabel = "NAME",
      split = ",",
      description = "A further name or address under which they call it; repeat it.")
  private List<String> listenNames = List.of();

  @Option(
      names = "--adopt",
      description = "Lets its workers adopt keys that are in their tokens already.")
  private boolean adopt;

  @Spec private CommandSpec spec;

  private final CompletableFuture<Void> end = new CompletableFuture<>();

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > MOST_PORT) {
      throw new ParameterException(
          spec.commandLine(), "--port %d: a port is a number from 0 to 65535".formatted(port));
    }
    Path folder = data == null ? Surroundings.own().data() : data;
    Path module = new Places(System.getenv()).module();
    NodeFolder.refuseForeign(folder);
    NodeFolder.refuseHeld(folder);
    refuseTaken(port);
    Logs.into(folder.resolve("logs"));
    var words = new LastWords("carousel", System.err, folder.toAbsolutePath(), false);
    words.install();
    Node.onBrokerEnd(words::broker);
    var settings =
        new Node.Settings(folder, module, slots, port, this::say, adopt, listenAddress());
    return Signals.run(() -> end.complete(null), ExitCode.OK, () -> run(settings));
  }

  /** Before a broker is started for nothing. */
  static void refuseTaken(int port) throws NodeTrouble {
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new NodeTrouble(
          "port %d of this machine, where the HTTP API shall be, cannot be used (%s); is another node running? Stop what has it, or choose another with --port (0: any free one)"
              .formatted(port, e.getMessage()),
          e);
    }
  }

  private Optional<ListenAddress> listenAddress() {
    if (listen == null) {
      if (!listenNames.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), "--listen-name means nothing without --listen");
      }
      return Optional.empty();
    }
    try {
      return Optional.of(ListenAddress.of(listen, listenNames));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private int run(Node.Settings settings) throws NodeTrouble {
    Node.Settings next = settings;
    while (true) {
      Optional<Integer> again = runOnce(next);
      if (again.isEmpty()) {
        say("stopping");
        return ExitCode.OK;
      }
      next = settings.on(again.get());
    }
  }

  /** Until it is stopped; or until the clock was set back: then the port to start again on. */
  private Optional<Integer> runOnce(Node.Settings settings) throws NodeTrouble {
    var setBack = new CompletableFuture<Duration>();
    try (var _ = ClockWatch.start(setBack::complete);
        Node node = Node.start(settings)) {
      node.awaitSettled();
      welcome(node);
      CompletableFuture<Throwable> unheard = receive(node);
      Archives.worthKeeping();
      Object what = CompletableFuture.anyOf(end, setBack, node.broken(), unheard).join();
      // What broke may have done so because of the clock.
      Duration back = setBack.getNow(null);
      if (back != null) {
        say(
            "the clock of this machine was set back by %s; Kafka and its clients wait by it, so broker, orchestrator and workers start again"
                .formatted(Span.text(back.truncatedTo(ChronoUnit.SECONDS))));
        return Optional.of(URI.create(node.api()).getPort());
      }
      if (what instanceof Throwable broken) {
        throw new NodeTrouble("the node cannot go on: " + broken.getMessage(), broken);
      }
      return Optional.empty();
    }
  }

  /**
   * Says where participants are received as soon as they are, however long that needs.
   *
   * @return completes if they never will be, with the reason
   */
  private CompletableFuture<Throwable> receive(Node node) {
    var never = new CompletableFuture<Throwable>();
    node.reception()
        .ifPresent(port -> {
          if (!port.isDone()) {
            say("Participants are received as soon as there is a certificate to be known by.");
          }
          var _ =
              port.whenComplete((number, failure) -> {
                if (failure == null) {
                  received(node, number);
                } else {
                  never.complete(failure);
                }
              });
        });
    return never;
  }

  private void received(Node node, int port) {
    say(
        "Participants are received at https://%s:%d, by the keys %s."
            .formatted(
                listenNames.isEmpty()
                    ? listen.substring(0, listen.lastIndexOf(':'))
                    : listenNames.getFirst(),
                port,
                String.join(", ", node.pins().stream().map(Digest::toString).toList())));
  }

  private void welcome(Node node) {
    String where = data == null ? "" : " --data " + data;
    say(
        """
        Carousel is up (process %d); Ctrl-C stops it.

          data folder  %s
          logs         %s
          HTTP API     %s
          its secret   %s
          Kafka        %s
          slots        %s%s

        In another terminal, try:
          ./carousel authority create web --wait%s
          ./carousel rotation start web%s
          ./carousel rotation status web%s
          ./carousel log%s
        """
            .formatted(
                ProcessHandle.current().pid(),
                node.folder().root(),
                node.folder().logs(),
                node.api(),
                node.folder().apiSecret(),
                node.bootstrap(),
                String.join(", ", node.slots().stream().map(SlotName::value).toList()),
                missing(node),
                where,
                where,
                where,
                where));
  }

  private static String missing(Node node) {
    return node.readiness().missing().stream()
        .map(m -> "\n\n%s; all else serves.".formatted(m.text()))
        .collect(Collectors.joining());
  }

  private void say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text.stripTrailing());
    out.flush();
  }
}
