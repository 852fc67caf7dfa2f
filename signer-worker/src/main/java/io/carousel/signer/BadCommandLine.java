package io.carousel.signer;

/** A command line that asks for nothing this program does. */
final class BadCommandLine extends Exception {
  private static final long serialVersionUID = 1L;

  BadCommandLine(String message) {
    super(message);
  }
}
