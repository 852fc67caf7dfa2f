package io.carousel.orchestrator.evidence;

import io.carousel.events.HouseId;
import io.carousel.events.Report;
import io.carousel.events.Report.Presented;
import io.carousel.events.Statements;
import io.carousel.events.seal.Authorship;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Participant;
import java.util.Optional;

/**
 * Whether a report is its participant's, and whether it holds the credentials that it speaks of.
 */
public final class ReportCheck {
  private ReportCheck() {}

  /**
   * Why that report says nothing: it is of somebody unknown, or not signed by its identity key.
   *
   * @return empty if it is the participant's own
   */
  public static Optional<String> flaw(House house, Report report) {
    Optional<Participant> sender = house.participant(report.participant());
    if (sender.isEmpty()) {
      return Optional.of("participant '%s' is not enrolled".formatted(report.participant()));
    }
    if (sender.get().membership(report.authority()).isEmpty()) {
      return Optional.of(
          "participant '%s' is no member of authority '%s'"
              .formatted(report.participant(), report.authority()));
    }
    byte[] statement =
        Statements.report(
            house.id().orElseThrow(),
            report.participant(),
            report.counter(),
            report.authority(),
            report.bundle(),
            report.challenge(),
            report.trusts(),
            report.presents(),
            report.tried(),
            report.trouble(),
            report.earlierConnections());
    return Authorship.verifies(sender.get().identityKey(), statement, report.signature().toArray())
        ? Optional.empty()
        : Optional.of(
            "the report is not signed by the identity key of '%s'".formatted(report.participant()));
  }

  /**
   * Why a credential that the report speaks of does not count: never issued to its sender, by
   * another key, or not shown to be in its possession.
   */
  static Optional<String> flaw(
      HouseId house, Report report, Presented shown, IssuedRegister register) {
    Optional<IssuedRegister.Entry> entry = register.find(report.authority(), shown.serial());
    if (entry.isEmpty()) {
      return Optional.of("credential %s was never issued".formatted(shown.serial()));
    }
    var issued = entry.get().issued();
    if (!issued.holder().equals(report.participant())
        || issued.format() != shown.format()
        || issued.profile() != shown.profile()
        || !issued.issuerKey().equals(shown.issuerKey())) {
      return Optional.of(
          "credential %s was issued to '%s' for %s by another key than said"
              .formatted(shown.serial(), issued.holder(), issued.profile()));
    }
    byte[] statement =
        Statements.possessionOfCredential(
            house,
            report.participant(),
            report.counter(),
            report.authority(),
            report.challenge(),
            shown.format(),
            shown.profile(),
            shown.serial());
    return entry.get().possession().shownBy(shown.possession(), statement)
        ? Optional.empty()
        : Optional.of("the proof of possession of %s does not hold".formatted(shown.serial()));
  }
}
