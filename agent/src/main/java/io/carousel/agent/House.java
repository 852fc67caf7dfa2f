package io.carousel.agent;

import io.carousel.events.AuthorityName;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.HouseId;
import io.carousel.events.Report;
import io.carousel.events.TrustBundle;
import java.time.Duration;
import java.util.Optional;

/**
 * The house as a participant sees it. Any call may be lost before or after it took effect, so every
 * call may be made again. Thread-safe.
 */
public interface House {

  /** Which house this is; the answer never changes. */
  HouseId id() throws HouseException, InterruptedException;

  /** Asks to be let in by an enrolment token. Who is in already is told the same again. */
  Enrolled enrol(EnrolmentRequest request) throws HouseException, InterruptedException;

  /**
   * Waits for news about an authority.
   *
   * @param newerThan sequence of what the caller has; 0 if it has nothing
   * @param wait how long to wait for something newer; the answer may come earlier without news
   * @return a bundle whose sequence is greater than {@code newerThan}; empty if there is no news
   */
  Optional<TrustBundle> bundle(AuthorityName authority, long newerThan, Duration wait)
      throws HouseException, InterruptedException;

  /** Asks for a credential and waits for it. */
  Credential request(CredentialRequest request) throws HouseException, InterruptedException;

  /** Hands in what a participant shows; done when the house has it. */
  void report(Report report) throws HouseException, InterruptedException;
}
