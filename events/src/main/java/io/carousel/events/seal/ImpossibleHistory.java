package io.carousel.events.seal;

/** The log says what cannot have been. Nothing may go on from here; a person must look. */
public final class ImpossibleHistory extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final long sequence;

  /**
   * Names the first bad record.
   *
   * @param sequence where it stands, or should stand
   */
  public ImpossibleHistory(long sequence, String why) {
    super("the history is not possible at record %d: %s".formatted(sequence, why));
    this.sequence = sequence;
  }

  private ImpossibleHistory(ImpossibleHistory same, long offset) {
    super("%s (at offset %d of carousel.events)".formatted(same.getMessage(), offset), same);
    this.sequence = same.sequence;
  }

  /** The same, with where in Kafka the record stands that shows it. */
  public ImpossibleHistory at(long offset) {
    return new ImpossibleHistory(this, offset);
  }

  /** Where the first bad record stands, or should stand. */
  public long sequence() {
    return sequence;
  }
}
