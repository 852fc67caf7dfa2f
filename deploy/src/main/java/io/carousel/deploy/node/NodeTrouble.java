package io.carousel.deploy.node;

/** The node cannot start or go on. The message says what, why and what to do next. */
public class NodeTrouble extends Exception {
  private static final long serialVersionUID = 1L;

  /** With that message. */
  public NodeTrouble(String message) {
    super(message);
  }

  /** With that message, because of something. */
  public NodeTrouble(String message, Throwable cause) {
    super(message, cause);
  }
}
