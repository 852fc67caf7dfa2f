package io.carousel.events;

/** Anything that would change state. It is decided in the order of {@code carousel.commands}. */
public sealed interface Act permits OperatorAct, WorkerAct, Act.TimePassed {

  /** The owner's clock says that something may be due. Carries no time: the owner adds its own. */
  record TimePassed() implements Act {}
}
