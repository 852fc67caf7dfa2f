package io.carousel.agent.service;

import java.util.Optional;

/**
 * What strangers get to see of a service.
 *
 * @param backends at how many addresses somebody answers
 * @param showing how many of them show the certificate that is due, and what belongs above it
 * @param lacking what is not as it should be, of the first where something is not
 */
public record Sight(int backends, int showing, Optional<String> lacking) {
  /** Nobody answers anywhere. */
  static Sight nobody(String why) {
    return new Sight(0, 0, Optional.of(why));
  }
}
