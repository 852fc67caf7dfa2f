package io.carousel.e2e.arrows;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which rooms of its own module a room may know, as allow-lists: a room's row names it first, and
 * then whom it may know. Every module is told from the bottom up: a room knows only rooms whose
 * rows stand before its own, so that no way leads around in a circle.
 */
final class Rooms {
  private static final List<Room> EVENTS =
      List.of(
          room("events"),
          room("events.wire", "events"),
          room("events.topics", "events"),
          room("events.openssh", "events"),
          room("events.pem", "events"),
          room("events.jose", "events", "events.wire"),
          room("events.seal", "events", "events.wire"),
          // Orders follow from the checked events of the log, and are told apart by their JSON.
          room("events.orders", "events", "events.wire", "events.seal"));

  private static final List<Room> SIGNER =
      List.of(
          room("signer.refusal"),
          room("signer.token"),
          room("signer.token.pkcs11", "signer.token"),
          room("signer.certificate", "signer.refusal"),
          room("signer.openssh", "signer.refusal"),
          room("signer.jwt", "signer.refusal"),
          room("signer.trust", "signer.refusal"),
          room("signer.config", "signer.token", "signer.trust"),
          room(
              "signer.work",
              "signer.refusal",
              "signer.token",
              "signer.certificate",
              "signer.openssh",
              "signer.jwt",
              "signer.trust"),
          room("signer.kafka", "signer.token", "signer.trust", "signer.work"),
          room(
              "signer",
              "signer.token",
              "signer.token.pkcs11",
              "signer.trust",
              "signer.config",
              "signer.work",
              "signer.kafka"));

  private static final List<Room> ORCHESTRATOR =
      List.of(
          room("orchestrator.rules"),
          room("orchestrator.log"),
          room("orchestrator.certificate"),
          room("orchestrator.documents"),
          room("orchestrator.text"),
          room("orchestrator.desk", "orchestrator.rules"),
          room("orchestrator.evidence", "orchestrator.rules"),
          room("orchestrator.story", "orchestrator.rules", "orchestrator.text"),
          room("orchestrator.snapshot", "orchestrator.rules", "orchestrator.log"),
          room("orchestrator.axon", "orchestrator.log"),
          room(
              "orchestrator.credential",
              "orchestrator.rules",
              "orchestrator.certificate",
              "orchestrator.desk"),
          room(
              "orchestrator.application",
              "orchestrator.rules",
              "orchestrator.log",
              "orchestrator.desk",
              "orchestrator.evidence",
              "orchestrator.credential"),
          room(
              "orchestrator.http",
              "orchestrator.rules",
              "orchestrator.documents",
              "orchestrator.desk",
              "orchestrator.story",
              "orchestrator.snapshot"),
          room("orchestrator.cli", "orchestrator.documents", "orchestrator.text"),
          room(
              "orchestrator",
              "orchestrator.rules",
              "orchestrator.log",
              "orchestrator.desk",
              "orchestrator.snapshot",
              "orchestrator.axon",
              "orchestrator.credential",
              "orchestrator.application",
              "orchestrator.http"));

  private static final List<Room> AGENT =
      List.of(
          room("agent.certificate"),
          room("agent", "agent.certificate"),
          room("agent.tls", "agent", "agent.certificate"),
          room("agent.http", "agent", "agent.tls"),
          room("agent.service"),
          room("agent.disk", "agent"),
          room("agent.output", "agent", "agent.certificate", "agent.service", "agent.disk"),
          room("agent.config", "agent.service", "agent.disk", "agent.output"),
          room(
              "agent.program",
              "agent",
              "agent.http",
              "agent.tls",
              "agent.service",
              "agent.disk",
              "agent.output",
              "agent.config"));

  private static final List<Room> DEPLOY =
      List.of(
          room("deploy.broker"),
          room("deploy.node", "deploy.broker"),
          room("deploy.demo", "deploy.node"),
          room("deploy", "deploy.node", "deploy.demo"));

  private static final List<Room> E2E = List.of(room("e2e.bench"), room("e2e", "e2e.bench"));

  /** The rows of all modules. */
  static final List<Room> ALL =
      Stream.of(EVENTS, SIGNER, ORCHESTRATOR, AGENT, DEPLOY, E2E).flatMap(List::stream).toList();

  static final String ROOT = "io.carousel.";

  /**
   * A row.
   *
   * @param name whole name of the package
   * @param knows whole names of packages
   */
  record Room(String name, Set<String> knows) {}

  private Rooms() {}

  private static Room room(String name, String... knows) {
    return new Room(
        ROOT + name, Stream.of(knows).map(ROOT::concat).collect(Collectors.toUnmodifiableSet()));
  }

  /** Whether code of one room may depend on code of another one of its module. */
  static boolean allowed(String from, String to) {
    return ALL.stream().anyMatch(room -> room.name().equals(from) && room.knows().contains(to));
  }
}
