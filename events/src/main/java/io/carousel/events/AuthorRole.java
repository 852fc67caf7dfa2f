package io.carousel.events;

/** What the records of an author may say. */
public enum AuthorRole implements Word {
  /** Events, acts on behalf of operators, signing commands, reports passed on. */
  ORCHESTRATOR("orchestrator"),

  /** Results of the slot that it is bound to. */
  WORKER("worker");

  private final String wire;

  AuthorRole(String wire) {
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
