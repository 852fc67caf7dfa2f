package io.carousel.orchestrator;

import io.carousel.events.Bytes;
import io.carousel.events.seal.Head;
import io.carousel.orchestrator.application.HouseJudge;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.LogReader;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.util.Optional;

/**
 * The state that a log leads to, by a reader that shares nothing with the orchestrators that wrote
 * it.
 *
 * @param state the house's canonical bytes
 * @param eventsPerSecond at which it was read, checked and folded
 */
public record Replay(byte[] state, Head head, double eventsPerSecond) {

  /**
   * Reads the log from its first record to its end.
   *
   * @param founder the key that must have founded the house; empty: whoever did
   * @throws io.carousel.events.seal.ImpossibleHistory naming the first record that cannot be
   * @throws io.carousel.orchestrator.log.BrokerUnreachable if there is no broker
   */
  public static Replay run(String bootstrap, Optional<Bytes> founder) {
    var judge = new HouseJudge((_, _) -> Evidence.NONE);
    LogReader.Replayed<House> read = LogReader.replay(Cluster.local(bootstrap), founder, judge);
    return new Replay(new HouseCodec().write(read.state()), read.head(), read.perSecond());
  }
}
