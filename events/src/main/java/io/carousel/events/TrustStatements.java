package io.carousel.events;

import java.util.List;

/**
 * The statements of one authority, the oldest first: for the built-in one all that there ever were,
 * so that whoever knows the keys of one bundle finds those of the next; for the others the newest.
 */
public record TrustStatements(HouseId house, List<SignedStatement> statements) {
  /** Copies. */
  public TrustStatements {
    statements = List.copyOf(statements);
  }
}
