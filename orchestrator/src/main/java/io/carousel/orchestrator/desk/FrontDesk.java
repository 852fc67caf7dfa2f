package io.carousel.orchestrator.desk;

import io.carousel.events.Act;
import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Reply;
import io.carousel.events.Report;
import io.carousel.events.TrustBundle;
import io.carousel.events.seal.Recorded;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Forecast;
import io.carousel.orchestrator.rules.Gate;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Removal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Everything that can be asked of an orchestrator. Thread-safe; calls block. */
public interface FrontDesk {

  /** The committed state that this instance knows. */
  House house();

  /** The time by this instance's clock, never earlier than that of the last event. */
  Instant now();

  /** Which parts of this process do not serve, and why. */
  Readiness readiness();

  /** What stands in the log's topic and is no part of the history, in the order of offsets. */
  List<StrayRun> strays();

  /** What an operator must see of this orchestrator, its log and its clock; a sentence each. */
  List<String> warnings();

  /** What this instance has refused; whoever refuses something on its behalf counts it there. */
  Refusals refusals();

  /**
   * Sends an act to the owner and waits for its reply.
   *
   * @param command chosen by who asks; asking again with the same id and act gives the same reply
   * @throws Declined if the outcome is not known in time; ask again with the same id
   */
  Reply ask(CommandId command, Act act);

  /**
   * The trust bundle, as soon as its sequence is greater than {@code after}.
   *
   * @return empty if it was not when the wait ended
   * @throws Declined if there is no such authority
   */
  Optional<TrustBundle> bundle(AuthorityName authority, long after, Duration wait);

  /**
   * Waits until something was said of that authority.
   *
   * @param seen as the caller knows it; empty if there was none
   * @return whether it is another now
   */
  boolean changed(AuthorityName authority, Optional<Authority> seen, Duration wait);

  /**
   * Issues a credential by the generation that is current for its profile.
   *
   * @throws Declined with the reason; nothing was handed out then
   */
  Credential issue(CredentialRequest request);

  /**
   * Takes a report of a participant, once its signatures hold.
   *
   * @throws Declined with the reason
   */
  void report(Report report);

  /**
   * How the gate of the authority's phase stands now, for people; decides nothing.
   *
   * @throws Declined if there is no such authority
   */
  Gate gate(AuthorityName authority);

  /**
   * Whom the next step of an authority would break, or the end of trust in a generation; for
   * people, decides nothing.
   *
   * @param without that generation; empty: whatever comes next
   * @return empty if no step lies ahead, or that generation is not trusted
   * @throws Declined if there is no such authority
   */
  Optional<Forecast> forecast(AuthorityName authority, Optional<Integer> without);

  /**
   * Which participants of an authority must be looked at now, for people; decides nothing.
   *
   * @throws Declined if there is no such authority
   */
  FleetSight sight(AuthorityName authority);

  /**
   * How the removal of retired generations below an external root stands now; empty of everything
   * for other authorities.
   *
   * @throws Declined if there is no such authority
   */
  Removal.Standing removals(AuthorityName authority);

  /**
   * The rotations of an authority, the newest first; those long over may be left out.
   *
   * @throws Declined if there is no such authority
   */
  List<RotationRecord> rotations(AuthorityName authority);

  /**
   * The history from that sequence number on, at most {@code limit} events.
   *
   * @param wait how long to wait for the first of them
   */
  List<Recorded> history(long from, int limit, Duration wait);
}
