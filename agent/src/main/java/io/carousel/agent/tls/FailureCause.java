package io.carousel.agent.tls;

import io.carousel.events.Word;

/** Why an exchange failed. */
public enum FailureCause implements Word {
  /** The client has no credential to show. */
  NO_CREDENTIAL("no-credential"),

  /** Nobody answered at the server's address. */
  UNREACHABLE("unreachable"),

  /** The client does not trust the server's certificate. */
  UNTRUSTED_SERVER("untrusted-server"),

  /** The server's certificate is trusted but somebody else's. */
  WRONG_SERVER("wrong-server"),

  /** The server ended the handshake: it does not accept the client's certificate. */
  REFUSED_BY_SERVER("refused-by-server"),

  /** The connection broke, or stayed silent for too long. */
  CONNECTION_LOST("connection-lost"),

  /** The server's answer is not what it should be, or about somebody else. */
  WRONG_ANSWER("wrong-answer");

  private final String wire;

  FailureCause(String wire) {
    this.wire = wire;
  }

  @Override
  public String wire() {
    return wire;
  }

  @Override
  public String toString() {
    return wire;
  }
}
