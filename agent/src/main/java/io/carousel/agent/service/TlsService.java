package io.carousel.agent.service;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A TLS server that reads its files anew when a command tells it, or by itself, as servers on the
 * JVM do that watch their key store. It has taken up a set when a handshake shows the new
 * certificate and asks for the new CAs; of a set in which nothing but CRLs is new nothing can be
 * seen from outside.
 *
 * @param reload empty if it needs nobody to tell it
 */
public record TlsService(Optional<Command> reload, TlsServer server) implements Service {

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
  public Optional<Sight> look(Expectation expected) {
    return Optional.of(server.briefly().look(expected));
  }

  @Override
  public boolean listsConnections() {
    return server.addresses().areHere();
  }

  @Override
  public Optional<Set<Connection>> connections() {
    return Connections.standing(server.addresses(), Optional.empty(), Stream.empty());
  }

  @Override
  public String describe() {
    return "TLS server at %s%s".formatted(server, reload.map(", reload: %s"::formatted).orElse(""));
  }
}
