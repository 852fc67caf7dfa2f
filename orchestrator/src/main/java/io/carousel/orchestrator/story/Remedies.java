package io.carousel.orchestrator.story;

import io.carousel.events.AuthorityName;
import io.carousel.orchestrator.rules.FleetHealth;
import io.carousel.orchestrator.rules.Gate;

/** What an operator can do about who holds a gate. */
public final class Remedies {
  private Remedies() {}

  /** About a participant that needs attention, in whatever phase; one sentence. */
  public static String of(FleetHealth.Kind kind) {
    return switch (kind) {
      case REVOKED ->
          "an agent that may have another replaces it by itself: see that it runs; after key-compromise enrol the host again with a new identity key, or 'carousel fleet readmit'";
      case BROKEN ->
          "start its agent and look at the agent's log: once it follows, this is over by itself";
      case WITHHELD ->
          "enrol the host again with a new identity key, or let it in again as it is with 'carousel fleet readmit'";
      case FAILING -> "mend on the host what it says; its agent tries again by itself";
      case SILENT ->
          "see that its host and agent run and reach the house; what it holds runs out by itself";
      case NOT_REPORTED -> "start its agent; 'carousel agent status' on the host says how it fares";
      case BEHIND -> "give it a minute; then look at 'carousel agent status' on the host";
    };
  }

  /** About those of that authority who hold it for that reason; one sentence or two. */
  public static String of(Gate.Reason reason, AuthorityName authority) {
    return switch (reason) {
      case NOT_REPORTED ->
          "Give them a minute; then see that their agents run ('carousel agent status' on the host) and reach this house.";
      case SILENT ->
          "See that their hosts and agents run, and look at the agent's log there ('carousel agent status'); an agent that starts again reports by itself. What they hold runs out by itself; whether they trust what they must is known when they speak again. Only a host that does not come back is left behind: 'carousel rotation advance %s --abandon NAME --reason WHY'."
              .formatted(authority);
      case FAILING ->
          "Mend on the host what they say; their agents try again by themselves, and go on with what worked until then.";
      case NOT_TRUSTING ->
          "Give them a minute: their agents put the new trust bundle to work and report it. 'carousel agent status' on the host says what they wait for.";
      case NOT_RENEWED ->
          "Give them a minute: their agents ask for new credentials by themselves. 'carousel agent status' on the host says what they wait for.";
      case REVOKED ->
          "Revoked for a cause that allows it, their running agents get another by themselves: give them a minute. After key-compromise or privilege-withdrawn enrol the host again with a new identity key ('carousel fleet token create' with --name and --replace), or say that it is well with 'carousel fleet readmit NAME --reason WHY'.";
      case OUTSTANDING ->
          "Wait: running agents replace them by themselves, and those of hosts that are gone expire. See that the agents of the others run ('carousel agent status' on the host). Do not revoke what a live server presents: that is an outage.";
      case ROOT_TRUSTED ->
          "Take the external root out of what these verifiers trust, beside the agent's files. A canary that was accepted too early counts until the next rotation's: leave them behind with 'carousel rotation advance %s --abandon NAME --reason WHY' once it is done."
              .formatted(authority);
      case NOT_TRIED ->
          "Tell their agents how to try the verifier ('canary' of the output, docs/agent.md): it is tried in the next rotation. In this one leave them behind with 'carousel rotation advance %s --abandon NAME --reason WHY', and below an external root the status goes on saying that what leaves is not removable."
              .formatted(authority);
      case NOT_OBSERVED ->
          "Look at what their services show at each address: one may not have read the files, or other files than the agent's. 'carousel agent status' on the host names the address. Who says that nobody looks needs a preset (docs/agent.md), or is left behind with 'carousel rotation advance %s --abandon NAME --reason WHY'."
              .formatted(authority);
    };
  }
}
