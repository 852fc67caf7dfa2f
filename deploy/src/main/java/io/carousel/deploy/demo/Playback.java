package io.carousel.deploy.demo;

import io.carousel.deploy.node.Node;
import io.carousel.events.Bytes;
import io.carousel.events.seal.AuthorKeyFile;
import io.carousel.orchestrator.Replay;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** Reads the log from Kafka by a reader of its own and compares the states, byte for byte. */
record Playback(boolean equal, long events, double eventsPerSecond) {
  private static final int TRIES = 10;

  /**
   * Of that node, which goes on living meanwhile: read again where the log grew under the reader.
   */
  static Playback of(Node node) throws DemoFailed {
    try {
      Bytes founder = Bytes.of(AuthorKeyFile.read(node.founderKey()).getPublic().getEncoded());
      for (int left = TRIES; left > 0; left--) {
        Replay replay = Replay.run(node.bootstrap(), Optional.of(founder));
        House live = node.desk().house();
        if (replay.head().sequence() == live.sequence()) {
          boolean equal = Arrays.equals(new HouseCodec().write(live), replay.state());
          return new Playback(equal, replay.head().sequence(), replay.eventsPerSecond());
        }
      }
      throw new DemoFailed("the log does not come to rest, so that nothing can be compared");
    } catch (IOException e) {
      throw new DemoFailed("the founder's key cannot be read: " + e.getMessage(), e);
    }
  }
}
