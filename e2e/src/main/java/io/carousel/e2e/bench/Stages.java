package io.carousel.e2e.bench;

import java.util.List;
import java.util.Optional;

/**
 * What a thread is busy with, told by the innermost of its frames that one of these knows, or else
 * by its name.
 */
record Stages(List<Stage> byFrame, List<Stage> byThread, String otherwise) {
  /** Of a worker. */
  static final Stages WORKER =
      new Stages(
          List.of(
              stage(
                  "gate", "signer.trust.Gate", "signer.trust.Limits", "signer.kafka.Envelope.open"),
              stage("build", "signer.certificate.Drafts", "signer.certificate.ToBeSigned"),
              stage("rehearse", "signer.certificate.Rehearsal"),
              stage("sign", "signer.token."),
              stage("verify", "signer.certificate.Signatures"),
              stage("answer", "signer.work.Answers"),
              stage("seal-result", "events.seal.Author.seal"),
              stage("write-result", "signer.kafka.Outbox"),
              stage("take", "signer.kafka.Hand"),
              stage("work", "signer.work.")),
          List.of(
              stage("write-result", "kafka-producer-network-thread"),
              stage("take", "ShareConsumer", "share_consumer", "consumer_background", "carousel-"),
              stage("work", "leaf-hand")),
          "other");

  /** Of the broker and the orchestrator together. */
  static final Stages HOUSE =
      new Stages(
          List.of(
              stage("seal-command", "events.seal.Author.seal"),
              stage("check-result", "events.seal.Authorship"),
              stage("register", "orchestrator.evidence."),
              stage("read-result", "orchestrator.application.FleetRecords", "log.TopicTail"),
              stage("hand-out", "CredentialDesk.handOut", "CredentialDesk.take"),
              stage("command", "CredentialDesk", "orchestrator.Orchestrator"),
              stage("write-command", "log.MessageWriter"),
              stage("load", "e2e.bench.")),
          List.of(
              stage("broker-network", "data-plane-kafka-network", "network-thread-1"),
              stage("broker-requests", "data-plane-kafka-request", "request-handler"),
              stage("write-command", "kafka-producer-network-thread"),
              stage("read-result", "carousel-tail"),
              stage("hand-out", "ForkJoinPool"),
              stage("broker-groups", "coordinator", "persister", "expiration-reaper", "share")),
          "other");

  /**
   * One thing to be busy with.
   *
   * @param marks parts of the names of classes with methods, or of threads
   */
  record Stage(String name, List<String> marks) {
    boolean knows(String text) {
      return marks.stream().anyMatch(text::contains);
    }
  }

  /** One frame of a stack. */
  record Frame(String type, String method) {}

  private static Stage stage(String name, String... marks) {
    return new Stage(name, List.of(marks));
  }

  /**
   * The stage of a sample.
   *
   * @param frames the innermost first
   */
  String of(String thread, List<Frame> frames) {
    for (Frame frame : frames) {
      Optional<String> found = named(byFrame, frame.type() + "." + frame.method());
      if (found.isPresent()) {
        return found.get();
      }
    }
    return named(byThread, thread).orElse(otherwise);
  }

  private static Optional<String> named(List<Stage> stages, String text) {
    return stages.stream().filter(stage -> stage.knows(text)).map(Stage::name).findFirst();
  }
}
