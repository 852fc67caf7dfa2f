package io.carousel.agent.program;

/** Why an agent cannot run; says what to do. */
public final class AgentTrouble extends Exception {
  /** For that reason. */
  public AgentTrouble(String message) {
    super(message);
  }

  /** For that reason, found by that failure. */
  public AgentTrouble(String message, Throwable cause) {
    super(message, cause);
  }
}
