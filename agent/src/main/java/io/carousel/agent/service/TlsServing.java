package io.carousel.agent.service;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A service that is a TLS server: everybody can look at it, and its connections are its ports'. */
interface TlsServing extends Service {
  /** As strangers see it. */
  TlsServer server();

  /** The processes that may hold its connections; nobody if they are not known. */
  Stream<ProcessHandle> workers();

  @Override
  default Optional<Sight> look(Expectation expected) {
    return Optional.of(server().briefly().look(expected));
  }

  @Override
  default boolean listsConnections() {
    return server().addresses().areHere();
  }

  @Override
  default Optional<Set<Connection>> connections() {
    return Connections.standing(server().addresses(), workers().findFirst(), workers());
  }

  @Override
  default void sever(Set<Connection> those) {
    Connections.sever(server().addresses(), workers(), those);
  }
}
