package io.carousel.events;

/** Anything that would change state. It is decided in the order of {@code carousel.commands}. */
public sealed interface Act
    permits OperatorAct, WorkerAct, Act.TimePassed, Act.CommandUndeliverable {

  /** The owner's clock says that something may be due. Carries no time: the owner adds its own. */
  record TimePassed() implements Act {}

  /**
   * A key command was delivered as often as allowed and no worker finished it: it went to the dead
   * letters.
   *
   * @param detail what the broker says of it
   */
  record CommandUndeliverable(CommandId command, SlotName slot, String detail) implements Act {
    /** Makes the text fit for a terminal. */
    public CommandUndeliverable {
      detail = Identifier.plain(detail, OperatorAct.TEXT_LIMIT);
    }
  }
}
