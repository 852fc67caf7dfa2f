package io.carousel.orchestrator.log;

/** No broker answers. */
public final class BrokerUnreachable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BrokerUnreachable(Cluster cluster, Throwable cause) {
    super(
        "no Kafka broker answers at %s within %d s (%s); start it, or correct the address"
            .formatted(cluster.bootstrap(), cluster.patience().toSeconds(), cause.getMessage()),
        cause);
  }
}
