package io.carousel.agent.tls;

import io.carousel.events.ParticipantName;

/** How one exchange ended. */
public sealed interface Outcome {

  /**
   * Both sides have shown what they should.
   *
   * @param server whom the client spoke to
   * @param resumed whether an earlier session was resumed; else the handshake was full
   * @param clientGeneration of the CA that signed the client's certificate, as both sides see it
   * @param serverGeneration of the CA that signed the server's certificate, as the client sees it
   */
  record Succeeded(
      ParticipantName server, boolean resumed, int clientGeneration, int serverGeneration)
      implements Outcome {}

  /** It did not succeed. */
  record Failed(ParticipantName server, FailureCause cause, String why) implements Outcome {}
}
