package io.carousel.events;

/** Anything that would change state. It is decided in the order of {@code carousel.commands}. */
public sealed interface Act
    permits OperatorAct,
        WorkerAct,
        Act.TimePassed,
        Act.CommandUndeliverable,
        Act.SlotObserved,
        Act.EnrolByToken,
        Act.RefusalsSeen {

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

  /**
   * A slot that credentials were asked of has fallen silent, or speaks again; said when it changes.
   */
  record SlotObserved(SlotName slot, boolean silent) implements Act {}

  /** A host asks to be let in by an enrolment token. */
  record EnrolByToken(EnrolmentRequest request) implements Act {}

  /**
   * A worker would not sign what it was told to, though the command came in time.
   *
   * @param code by which it refused, or {@code forged}
   * @param count of refusals since this was last said
   * @param detail what it said of the last one
   */
  record RefusalsSeen(SlotName slot, String code, int count, String detail) implements Act {
    /** Makes both texts fit for a terminal; at least one. */
    public RefusalsSeen {
      code = Identifier.plain(code, WorkerAct.CODE_LIMIT);
      detail = Identifier.plain(detail, OperatorAct.TEXT_LIMIT);
      if (count < 1) {
        throw new IllegalArgumentException("nothing was refused");
      }
    }
  }
}
