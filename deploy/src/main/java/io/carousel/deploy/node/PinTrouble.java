package io.carousel.deploy.node;

/** A token refused a PIN, or soon would for ever: trying again may lock it. */
final class PinTrouble extends NodeTrouble {
  private static final long serialVersionUID = 1L;

  /** With that message. */
  PinTrouble(String message) {
    super(message);
  }
}
