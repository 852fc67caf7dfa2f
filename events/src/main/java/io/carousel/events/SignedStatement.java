package io.carousel.events;

import java.util.List;
import java.util.Set;

/** A statement with the signatures that it has so far. */
public record SignedStatement(TrustStatement statement, List<BundleSignature> signatures) {
  /** Copies. */
  public SignedStatement {
    signatures = List.copyOf(signatures);
  }

  /** Whether one of those keys has signed it. */
  public boolean isSignedBy(Set<Digest> keys, HouseId house) {
    return signatures.stream().anyMatch(s -> keys.contains(s.key()) && s.holds(house, statement));
  }
}
