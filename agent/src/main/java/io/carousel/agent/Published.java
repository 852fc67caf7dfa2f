package io.carousel.agent;

import io.carousel.events.AuthorityName;

/** What a house publishes for verifiers, to everybody. Thread-safe. */
@FunctionalInterface
public interface Published {

  /** The CRLs that go with an authority's bundle: PEM blocks, one after the other. */
  byte[] crls(AuthorityName authority) throws HouseException, InterruptedException;
}
