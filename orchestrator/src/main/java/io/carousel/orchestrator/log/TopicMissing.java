package io.carousel.orchestrator.log;

/** Kafka answers, and does not have a topic that was there when this instance started. */
public final class TopicMissing extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TopicMissing(String topic, Throwable cause) {
    super(
        "Kafka has no topic %s any more, and with it went what was written there; start this"
                .formatted(topic)
            + " orchestrator again, which makes it",
        cause);
  }
}
