package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Digest;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.io.ByteArrayOutputStream;

/** The whole state with its digest. */
final class State {
  private static final HouseCodec CODEC = new HouseCodec();

  private State() {}

  /** The digest is over the very bytes that follow {@code "state":}, up to the last brace. */
  static byte[] of(House house) {
    byte[] state = CODEC.write(house);
    var out = new ByteArrayOutputStream(state.length + 128);
    out.writeBytes(
        "{\"sequence\":%d,\"sha256\":\"%s\",\"state\":"
            .formatted(house.sequence(), Digest.of(state))
            .getBytes(UTF_8));
    out.writeBytes(state);
    out.write('}');
    return out.toByteArray();
  }
}
