package io.carousel.orchestrator.credential;

import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.SlotName;

/**
 * Who wants to know what the desk notices about slots. Called by many threads, for every command
 * that this desk wrote; must not block.
 */
public interface SlotNews {
  /** It did not answer in time, and its work goes to another if there is one. */
  void silent(SlotName slot);

  /** Its worker answered, whatever it said. */
  void answered(SlotName slot);

  /** Its worker would not sign. */
  void refused(LeafRefused refusal);
}
