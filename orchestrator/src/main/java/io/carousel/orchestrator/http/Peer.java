package io.carousel.orchestrator.http;

import io.carousel.events.ParticipantName;

/** Who asks, as far as the door of a server could tell. */
sealed interface Peer {
  /** Whoever shows the secret of this machine's API: may ask anything. */
  record Local() implements Peer {}

  /** A member of the fleet, known by its credential of the built-in authority. */
  record Participant(ParticipantName name) implements Peer {}

  /** Somebody who has shown nothing. */
  record Stranger() implements Peer {}
}
