package io.carousel.agent.service;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * A TLS server that reads its files anew when a command tells it, or by itself, as servers on the
 * JVM do that watch their key store. It has taken up a set when a handshake shows the new
 * certificate and asks for the new CAs; of a set in which nothing but CRLs is new nothing can be
 * seen from outside.
 *
 * @param reload empty if it needs nobody to tell it
 */
public record TlsService(Optional<Command> reload, TlsServer server) implements TlsServing {

  @Override
  public void takeUp(Expectation expected) throws ServiceFailure, InterruptedException {
    if (reload.isPresent()) {
      reload.get().run(expected.environment());
    }
    if (!server.isThere()) {
      // It will read them when it starts.
      return;
    }
    Waiting.until(
        server.timeout(),
        reload.isPresent()
            ? "the server was told to reload"
            : "the server was to see the new files",
        () -> server.lacking(expected),
        "see that it reads the files again, and its log");
  }

  @Override
  public Stream<ProcessHandle> workers() {
    // They serve others too, whoever they are.
    return Stream.empty();
  }

  @Override
  public String describe() {
    return "TLS server at %s%s".formatted(server, reload.map(", reload: %s"::formatted).orElse(""));
  }
}
