package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.events.EvidenceGrade;
import io.carousel.events.PresentationGrade;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.Wanted.WantedPolicy;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carousel authority policy}. */
@Command(
    name = "policy",
    description = {
      "Changes an authority's policy; what is not named stays as it is.",
      "What was signed before stays as it is. Lease and evidence change in standby alone."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel authority policy web --leaf-lifetime 12h --reason 'shorter lives'",
      "  carousel authority policy web --hold never --lease 15m --reason 'a slow fleet'"
    })
final class AuthorityPolicy extends NodeCommand {
  @Parameters(
      paramLabel = "NAME",
      converter = Arguments.OfAuthority.class,
      description = "The authority.")
  private AuthorityName name;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why; it stays in the log.")
  private String reason;

  @Option(
      names = "--leaf-lifetime",
      paramLabel = "TIME",
      converter = Arguments.OfDuration.class,
      description = "How long credentials live that are issued from now on.")
  private Duration leafLifetime;

  @Option(
      names = "--ca-lifetime",
      paramLabel = "TIME",
      converter = Arguments.OfDuration.class,
      description = "How long CA certificates live that are signed from now on.")
  private Duration caLifetime;

  @Option(
      names = "--hold",
      paramLabel = "TIME",
      converter = Arguments.OfHold.class,
      description = "How long keys that retire from now on stay, or 'never'.")
  private Arguments.Hold hold;

  @Option(
      names = "--crl-lifetime",
      paramLabel = "TIME",
      converter = Arguments.OfDuration.class,
      description = "How long its next CRLs live, which are renewed at half of it.")
  private Duration crlLifetime;

  @Option(
      names = "--distribution",
      paramLabel = "URL",
      description = "Where verifiers reach orchestrators; '' for nowhere.")
  private String distribution;

  @Option(
      names = "--lease",
      paramLabel = "TIME",
      converter = Arguments.OfDuration.class,
      description = "How long after its last report a participant counts as heard.")
  private Duration lease;

  @Option(
      names = "--trust-evidence",
      paramLabel = "GRADE",
      converter = Arguments.OfEvidenceGrade.class,
      completionCandidates = Arguments.EvidenceGrades.class,
      description = "What shows that a verifier trusts: ${COMPLETION-CANDIDATES}.")
  private EvidenceGrade trustEvidence;

  @Option(
      names = "--presents-evidence",
      paramLabel = "GRADE",
      converter = Arguments.OfPresentationGrade.class,
      completionCandidates = Arguments.PresentationGrades.class,
      description = "What shows that a member presents: ${COMPLETION-CANDIDATES}.")
  private PresentationGrade presentsEvidence;

  AuthorityPolicy(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Api api) {
    Done done =
        api.act(
            AuthorityCommands.path(name) + "/policy",
            new WantedPolicy(
                reason,
                Optional.ofNullable(leafLifetime),
                Optional.ofNullable(caLifetime),
                Optional.empty(),
                Optional.ofNullable(hold).map(Arguments.Hold::wire),
                Optional.ofNullable(crlLifetime),
                Optional.ofNullable(distribution),
                Optional.ofNullable(lease),
                Optional.ofNullable(trustEvidence),
                Optional.ofNullable(presentsEvidence)));
    show(done, _ -> say("The policy of authority %s is changed.".formatted(name)));
  }
}
