package io.carousel.orchestrator.story;

import static io.carousel.orchestrator.text.PlainText.count;
import static io.carousel.orchestrator.text.PlainText.duration;
import static io.carousel.orchestrator.text.PlainText.list;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.AuthorityCreated;
import io.carousel.events.AuthorityEvent.KeyCommandFailed;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.CrlNumber;
import io.carousel.events.EnrolmentEvent;
import io.carousel.events.Event;
import io.carousel.events.FleetEvent;
import io.carousel.events.GateEvidence;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.HouseEvent.RecordsRejected;
import io.carousel.events.KeyOrigin;
import io.carousel.events.Origin;
import io.carousel.orchestrator.rules.DueFailure;
import io.carousel.orchestrator.rules.Rules;
import io.carousel.orchestrator.text.PlainText;
import java.time.Duration;

/** Each event as one plain sentence. */
public final class Story {
  private Story() {}

  /** What happened: one sentence on one line, without control characters. */
  public static String sentence(Event event) {
    return switch (event) {
      case HouseEvent e -> house(e);
      case AuthorityEvent e -> authority(e);
      case FleetEvent e -> FleetStory.sentence(e);
      case EnrolmentEvent e -> FleetStory.sentence(e);
    };
  }

  private static String house(HouseEvent event) {
    return switch (event) {
      case HouseEvent.Founded e ->
          "House %s was founded by orchestrator %s at feature level %d."
              .formatted(e.house(), e.founder(), e.featureLevel());
      case HouseEvent.TermStarted e ->
          "Orchestrator %s became the owner of the log (term %d).".formatted(e.owner(), e.term());
      case AuthorEnrolled e -> enrolled(e);
      case HouseEvent.AuthorRemoved e ->
          "Author %s may no longer sign records%s."
              .formatted(e.author(), asked(e.by(), e.reason()));
      case HouseEvent.FeatureLevelRaised e ->
          "The house was raised to feature level %d%s.".formatted(e.level(), asked(e.by(), ""));
      case HouseEvent.SlotRegistered e ->
          "Slot %s was registered, served by %s with custody \"%s\"%s."
              .formatted(e.slot(), clause(e.module()), clause(e.custody()), asked(e.by(), ""));
      case HouseEvent.SlotInspectionRequested e ->
          "The worker of slot %s was asked to look at its token, where %s should be%s."
              .formatted(e.slot(), count(e.expected().size(), "key"), asked(e.by(), ""));
      case HouseEvent.SlotInspected e -> inspected(e);
      case HouseEvent.SlotInspectionFailed e ->
          "The token of slot %s could not be looked at (%s): %s; it will be asked again."
              .formatted(e.slot(), clause(e.code()), clause(e.detail()));
      case HouseEvent.SlotFrozen e ->
          "ALARM: nothing is destroyed in slot %s until somebody has looked into it: %s."
              .formatted(e.slot(), clause(e.reason()));
      case HouseEvent.SlotThawed e ->
          "Retired keys of slot %s may be destroyed again%s."
              .formatted(e.slot(), asked(e.by(), e.reason()));
      case HouseEvent.SlotSilent e ->
          "Slot %s does not sign what it is asked to, and is passed over (%s)."
              .formatted(e.slot(), e.by());
      case HouseEvent.SlotHeard e -> "Slot %s answers again (%s).".formatted(e.slot(), e.by());
      case HouseEvent.SlotLost e ->
          "ALARM: slot %s counts as lost: what its keys signed is to be replaced by what other slots sign%s%s."
              .formatted(e.slot(), FleetStory.breaks(e.breaks()), asked(e.by(), e.reason()));
      case HouseEvent.SlotFound e ->
          "Slot %s is found again: worker %s has used its token.".formatted(e.slot(), e.worker());
      case HouseEvent.SlotRemoved e ->
          "Slot %s was removed from the house%s%s."
              .formatted(
                  e.slot(),
                  e.gone() ? ", with keys that nobody will ever reach again" : "",
                  asked(e.by(), e.reason()));
      case HouseEvent.CommandsRefused e ->
          "ALARM: the worker of slot %s refused %s as %s: %s; look into it (%s)."
              .formatted(
                  e.slot(),
                  count(e.count(), "command"),
                  clause(e.code()),
                  clause(e.detail()),
                  e.by());
      case HouseEvent.WorkerLimitsTooNarrow e ->
          "ALARM: worker %s of slot %s signs less than the policy of authority %s needs: %s."
              .formatted(e.worker(), e.slot(), e.authority(), clause(e.detail()));
      case HouseEvent.DueWorkFailed e ->
          "ALARM: work that is due for %s failed: %s; all other work goes on, and this is tried again at %s."
              .formatted(
                  DueFailure.subject(e.authority(), e.slot()), clause(e.reason()), e.retryAt());
      case HouseEvent.TimeSetBack e ->
          "ALARM: the log's time was set back by %s, from %s: the clocks of %s and of its Kafka broker agree that it is earlier, so clocks were wrong when earlier events were written, or are now; what was signed meanwhile says the time of that clock."
              .formatted(duration(Duration.between(e.at(), e.from())), e.from(), e.by());
      case HouseEvent.DueWorkResumed e ->
          "Work that is due for %s is done again."
              .formatted(DueFailure.subject(e.authority(), e.slot()));
      case HouseEvent.UnorderedCommandRefused e ->
          "ALARM: %s signed %s of slot %s that no event of the log ordered (%s), and worker %s did nothing: %s; find out who holds that author's key, and remove the author if it is not yours."
              .formatted(
                  e.author(),
                  count(e.count(), "key command"),
                  e.slot(),
                  act(e.asked()),
                  e.worker(),
                  clause(e.detail()));
      case HouseEvent.UnorderedAnswer e ->
          "ALARM: worker %s of slot %s answered command %s, which no event of the log ordered, with %s: it says that it %s; nothing follows from it. Look at its token with 'carousel slot check %s', and find out who holds the worker's key."
              .formatted(
                  e.worker(), e.slot(), e.answered(), act(e.act()), clause(e.detail()), e.slot());
      case HouseEvent.ActRefused e ->
          "A request (%s) was refused as %s: %s."
              .formatted(act(e.act()), clause(e.code()), clause(e.reason()));
      case HouseEvent.AnswerRepeated e ->
          "Slot %s repeated its answer to key command %s, which changes nothing."
              .formatted(e.slot(), e.answered());
      case RecordsRejected e -> rejected(e);
    };
  }

  private static String inspected(HouseEvent.SlotInspected e) {
    String found =
        e.findings().isEmpty()
            ? "all is as the log says"
            : list(
                e.findings().stream()
                    .map(f -> "key %s is %s (%s)".formatted(f.key(), f.kind(), clause(f.detail())))
                    .toList());
    return "Worker %s looked at the token of slot %s: %s.".formatted(e.worker(), e.slot(), found);
  }

  private static String enrolled(AuthorEnrolled e) {
    return e.slot()
        .map(slot ->
            "Worker %s may now sign the results of slot %s%s."
                .formatted(e.author(), slot, asked(e.by(), "")))
        .orElseGet(() ->
            "%s %s may now sign records%s."
                .formatted(capital(e.role().wire()), e.author(), asked(e.by(), "")));
  }

  private static String rejected(RecordsRejected e) {
    String where =
        e.first() == e.last()
            ? "offset " + e.first()
            : "offsets %d to %d".formatted(e.first(), e.last());
    return "%s at %s of carousel.commands %s rejected: %s."
        .formatted(
            count(e.count(), "record"), where, e.count() == 1 ? "was" : "were", clause(e.reason()));
  }

  private static String authority(AuthorityEvent event) {
    return switch (event) {
      case AuthorityCreated e -> created(e);
      case AuthorityEvent.PolicyChanged e ->
          "The policy of authority %s was changed: credentials live %s, CRLs %s, a lease lasts %s%s."
              .formatted(
                  e.authority(),
                  duration(e.policy().leafLifetime()),
                  duration(e.policy().crlLifetime()),
                  duration(e.policy().lease()),
                  asked(e.by(), e.reason()));
      case AuthorityEvent.KeyRequested e ->
          "Slot %s was asked for the %s key (%s) of generation %d of authority %s."
              .formatted(e.slot(), e.format(), e.suite(), e.generation(), e.authority());
      case AuthorityEvent.KeyAdoptionRequested e ->
          "Slot %s was asked to show key %s, to be the %s key (%s) of generation %d of authority %s."
              .formatted(e.slot(), e.key(), e.format(), e.suite(), e.generation(), e.authority());
      case AuthorityEvent.KeyShown e -> shown(e);
      case AuthorityEvent.KeyAdopted e ->
          "Key %s on slot %s is the %s key of generation %d of authority %s from now on."
              .formatted(e.key(), e.slot(), e.format(), e.generation(), e.authority());
      case AuthorityEvent.SurplusKeyFound e ->
          "Worker %s generated key %s on slot %s too, but generation %d of authority %s has its key there already: it will be destroyed."
              .formatted(e.worker(), e.key(), e.slot(), e.generation(), e.authority());
      case KeyCommandFailed e -> failed(e);
      case AuthorityEvent.CaCertificateRequested e ->
          "The key of generation %d of authority %s on slot %s was asked to sign its CA certificate \"%s\", valid until %s."
              .formatted(
                  e.generation(),
                  e.authority(),
                  e.slot(),
                  clause(e.draft().subject()),
                  e.draft().notAfter());
      case AuthorityEvent.CaCertificateIssued e ->
          "The key of generation %d of authority %s on slot %s has its CA certificate (SHA-256 %s)."
              .formatted(e.generation(), e.authority(), e.slot(), e.certificate().digest().brief());
      case AuthorityEvent.CaRequestWanted e ->
          "The key of generation %d of authority %s on slot %s was asked to sign a request for \"%s\" to the external root."
              .formatted(e.generation(), e.authority(), e.slot(), clause(e.subject()));
      case AuthorityEvent.CaRequestIssued e ->
          "The key of generation %d of authority %s on slot %s waits for its certificate from the external root; its request (SHA-256 %s) can be exported."
              .formatted(e.generation(), e.authority(), e.slot(), e.request().digest().brief());
      case AuthorityEvent.CaCertificateImported e ->
          "The key of generation %d of authority %s on slot %s has its CA certificate from the external root: serial number %s, valid until %s%s."
              .formatted(
                  e.generation(),
                  e.authority(),
                  e.slot(),
                  e.serial(),
                  e.notAfter(),
                  asked(e.by(), ""));
      case AuthorityEvent.RootCrlImported e ->
          "CRL %s of the external root of authority %s was imported, valid until %s (trust bundle %d)%s."
              .formatted(
                  e.number().map(CrlNumber::value).orElse("without a number"),
                  e.authority(),
                  e.nextUpdate(),
                  e.bundle(),
                  asked(e.by(), ""));
      case AuthorityEvent.ForeignCrlImported e ->
          "CRL %s of the CA elsewhere (SHA-256 %s) of generation %d of authority %s was imported, valid until %s%s."
              .formatted(
                  e.number().map(CrlNumber::value).orElse("without a number"),
                  e.key().brief(),
                  e.generation(),
                  e.authority(),
                  e.nextUpdate(),
                  asked(e.by(), ""));
      case AuthorityEvent.ForeignCrlFollowed e ->
          "CRLs of the CA elsewhere (SHA-256 %s) of generation %d of authority %s are %s%s."
              .formatted(
                  e.key().brief(),
                  e.generation(),
                  e.authority(),
                  e.url()
                      .map(url -> "fetched from \"" + clause(url) + "\"")
                      .orElse("brought by hand"),
                  asked(e.by(), ""));
      case AuthorityEvent.ForeignCrlFetchChanged e ->
          e.trouble()
              .map(why ->
                  "ALARM: the CRL of the CA elsewhere (SHA-256 %s) of authority %s cannot be fetched: %s."
                      .formatted(e.key().brief(), e.authority(), clause(why)))
              .orElseGet(() ->
                  "The CRL of the CA elsewhere (SHA-256 %s) of authority %s can be fetched again."
                      .formatted(e.key().brief(), e.authority()));
      case AuthorityEvent.KeyDeclaredLost e ->
          "Key %s of generation %d of authority %s on slot %s was declared lost%s."
              .formatted(
                  e.key(), e.generation(), e.authority(), e.slot(), asked(e.by(), e.reason()));
      case AuthorityEvent.CaCertificateAdopted e ->
          "The key of generation %d of authority %s on slot %s keeps the CA certificate that it had (SHA-256 %s)."
              .formatted(e.generation(), e.authority(), e.slot(), e.certificate().digest().brief());
      case AuthorityEvent.CrlRequested e ->
          "The key of generation %d of authority %s on slot %s was asked for CRL %s with %s, valid until %s."
              .formatted(
                  e.generation(),
                  e.authority(),
                  e.slot(),
                  e.draft().number(),
                  entries(e.draft().revoked().size()),
                  e.draft().nextUpdate());
      case AuthorityEvent.BundleSignatureRequested e ->
          "The key of generation %d of authority carousel on slot %s was asked to sign trust bundle %d of authority %s."
              .formatted(e.generation(), e.slot(), e.statement().bundle(), e.authority());
      case AuthorityEvent.BundleSigned e ->
          "Trust bundle %d of authority %s is signed by generation %d of authority carousel on slot %s."
              .formatted(e.statement().bundle(), e.authority(), e.generation(), e.slot());
      case AuthorityEvent.CrlIssued e ->
          "CRL %s of generation %d of authority %s on slot %s is published; the next one comes before %s."
              .formatted(e.number(), e.generation(), e.authority(), e.slot(), e.nextUpdate());
      case AuthorityEvent.CredentialsRevoked e ->
          "Authority %s revoked %s for %s: %s%s%s."
              .formatted(
                  e.authority(),
                  count(e.credentials().size(), "credential"),
                  e.cause(),
                  list(
                      e.credentials().stream().map(c -> c.serial() + " of " + c.holder()).toList()),
                  FleetStory.breaks(e.breaks()),
                  asked(e.by(), e.reason()));
      case AuthorityEvent.KeyStageReached e -> stage(e);
      case AuthorityEvent.AuthorityOpened e ->
          "Authority %s is open: generation %d signs and is trusted (trust bundle %d)."
              .formatted(e.authority(), e.generation(), e.bundle());
      case AuthorityEvent.RotationStarted e ->
          "Rotation %s of authority %s began: generation %d will succeed generation %d%s."
              .formatted(
                  e.rotation(),
                  e.authority(),
                  e.successor(),
                  e.retiring(),
                  asked(e.by(), e.reason()));
      case AuthorityEvent.TrustExtended e ->
          "Rotation %s has every successor key: verifiers shall trust both generations from now on (trust bundle %d)."
              .formatted(e.rotation(), e.bundle());
      case AuthorityEvent.ClientsUpdating e ->
          "Rotation %s entered update-clients: clients move to the successor; %s%s."
              .formatted(e.rotation(), rested(e.evidence()), asked(e.by(), e.reason()));
      case AuthorityEvent.ServersUpdating e ->
          "Rotation %s entered update-servers: servers move to the successor too; %s%s."
              .formatted(e.rotation(), rested(e.evidence()), asked(e.by(), e.reason()));
      case AuthorityEvent.RotationCompleted e ->
          "Rotation %s is complete: only the successor is trusted from now on (trust bundle %d); %s%s%s."
              .formatted(
                  e.rotation(),
                  e.bundle(),
                  rested(e.evidence()),
                  elsewhere(e.elsewhereReplaced()),
                  asked(e.by(), e.reason()));
      case AuthorityEvent.RollbackStarted e ->
          "Rotation %s is being rolled back from %s%s%s."
              .formatted(
                  e.rotation(), e.from(), FleetStory.breaks(e.breaks()), asked(e.by(), e.reason()));
      case AuthorityEvent.RolledBack e ->
          "Rotation %s was rolled back: only the old generation is trusted from now on (trust bundle %d); %s%s."
              .formatted(e.rotation(), e.bundle(), rested(e.evidence()), asked(e.by(), e.reason()));
      case AuthorityEvent.GenerationRetrusted e ->
          "Generation %d of authority %s is trusted once more from now on (trust bundle %d), and signs nothing but its CRLs%s."
              .formatted(e.generation(), e.authority(), e.bundle(), asked(e.by(), e.reason()));
      case AuthorityEvent.GenerationDistrusted e ->
          "Generation %d of authority %s is not trusted any more (trust bundle %d); %s%s%s."
              .formatted(
                  e.generation(),
                  e.authority(),
                  e.bundle(),
                  rested(e.evidence()),
                  elsewhere(e.elsewhereReplaced()),
                  asked(e.by(), e.reason()));
      case AuthorityEvent.SlotJoining e ->
          "Slot %s is joining authority %s: its keys of generation %d are made, then trusted, then used%s."
              .formatted(e.slot(), e.authority(), e.generation(), asked(e.by(), e.reason()));
      case AuthorityEvent.SlotTrusted e ->
          "Slot %s has every key of authority %s: verifiers shall trust them from now on (trust bundle %d)."
              .formatted(e.slot(), e.authority(), e.bundle());
      case AuthorityEvent.SlotJoined e ->
          "Slot %s has joined authority %s and signs from now on; %s%s."
              .formatted(e.slot(), e.authority(), rested(e.evidence()), asked(e.by(), e.reason()));
      case AuthorityEvent.SlotJoinCancelled e ->
          "Slot %s does not join authority %s after all: nobody need trust its keys (trust bundle %d)%s."
              .formatted(e.slot(), e.authority(), e.bundle(), asked(e.by(), e.reason()));
      case AuthorityEvent.SlotLeaving e ->
          "Slot %s is leaving authority %s: it signs no new credentials, and those that it signed are replaced%s%s."
              .formatted(
                  e.slot(),
                  e.authority(),
                  FleetStory.breaks(e.breaks()),
                  asked(e.by(), e.reason()));
      case AuthorityEvent.SlotLeft e ->
          "Slot %s has left authority %s: nobody need trust its keys from now on (trust bundle %d); %s%s."
              .formatted(
                  e.slot(),
                  e.authority(),
                  e.bundle(),
                  rested(e.evidence()),
                  asked(e.by(), e.reason()));
      case AuthorityEvent.SlotLeaveCancelled e ->
          "Slot %s does not leave authority %s after all, and signs again%s."
              .formatted(e.slot(), e.authority(), asked(e.by(), e.reason()));
      case AuthorityEvent.KeyDestructionRequested e ->
          "Slot %s was asked to destroy key %s of generation %d of authority %s: %s."
              .formatted(e.slot(), e.key(), e.generation(), e.authority(), clause(e.reason()));
      case KeyDestroyed e -> destroyed(e);
    };
  }

  private static String shown(AuthorityEvent.KeyShown e) {
    String what =
        "Worker %s %s key %s%s on slot %s for generation %d of authority %s, and the key itself signed that it is there"
            .formatted(
                e.worker(),
                e.origin() == KeyOrigin.GENERATED ? "generated" : "found",
                e.key(),
                e.origin() == KeyOrigin.RECOVERED ? " under the label of the command" : "",
                e.slot(),
                e.generation(),
                e.authority());
    return e.weaker().isEmpty()
        ? what + "."
        : "%s; it is less protected than is asked of keys: %s."
            .formatted(what, clause(list(e.weaker())));
  }

  private static String elsewhere(boolean replaced) {
    return replaced ? "; what was issued elsewhere is replaced, as the operator says" : "";
  }

  private static String created(AuthorityCreated e) {
    String hold =
        e.policy()
            .hold()
            .map(h -> "retired keys are destroyed after " + duration(h))
            .orElse("retired keys are never destroyed");
    String root =
        e.root()
            .map(r -> ", an external root signs its CA certificates (%s)".formatted(r.use()))
            .orElse("");
    return "Authority %s was created with %s on %s%s: credentials live %s, %s%s%s."
        .formatted(
            e.authority(),
            list(e.formats()),
            (e.slots().size() == 1 ? "slot " : "slots ") + list(e.slots()),
            origin(e.origin()),
            duration(e.policy().leafLifetime()),
            hold,
            root,
            asked(e.by(), ""));
  }

  private static String origin(Origin origin) {
    if (origin.verifyOnly()) {
      return ", after %s of a CA elsewhere".formatted(count(origin.imported().size(), "key"));
    }
    return origin.adopted().isEmpty()
        ? ""
        : ", with %s that %s there already"
            .formatted(
                count(origin.adopted().size(), "key"), origin.adopted().size() == 1 ? "is" : "are");
  }

  private static String entries(int number) {
    return number == 0 ? "nothing revoked" : "%d revoked".formatted(number);
  }

  private static String stage(AuthorityEvent.KeyStageReached e) {
    String key =
        "The %s key of generation %d of authority %s on slot %s"
            .formatted(e.format(), e.generation(), e.authority(), e.slot());
    return switch (e.stage()) {
      case TRUSTED -> key + " is one that verifiers shall trust.";
      case SIGNING -> key + " signs credentials from now on.";
      case RETIRED -> key + " is retired: it signs no more credentials.";
      case HELD ->
          key + e.until().map(" is held until %s."::formatted).orElse(" is held, without an end.");
    };
  }

  private static String failed(KeyCommandFailed e) {
    if (Rules.keyNotTaken(e.code())) {
      return "ALARM: slot %s took no key for the %s key of generation %d of authority %s (%s): %s; another is asked for. Find out who uses the token's PIN beside its workers, and look at it with 'carousel slot check %s'."
          .formatted(
              e.slot(),
              e.format(),
              e.generation(),
              e.authority(),
              clause(e.code()),
              clause(e.detail()),
              e.slot());
    }
    return "Slot %s could not do what was asked for the %s key of generation %d of authority %s (%s): %s; it will be asked again%s."
        .formatted(
            e.slot(),
            e.format(),
            e.generation(),
            e.authority(),
            clause(e.code()),
            clause(e.detail()),
            e.lasting() ? ", but somebody must help first" : "");
  }

  private static String destroyed(KeyDestroyed e) {
    String what =
        "%s of generation %d of authority %s on slot %s"
            .formatted(e.key(), e.generation(), e.authority(), e.slot());
    return e.worker()
        .map(worker -> "Worker %s destroyed key %s.".formatted(worker, what))
        .orElseGet(() -> "Key %s was found to be gone already.".formatted(what));
  }

  /** What a gate rested on. */
  private static String rested(GateEvidence e) {
    if (e.nobody()) {
      return "nobody was to be asked, as said with --nobody" + FleetStory.breaks(e.breaks());
    }
    String shown = "%d of %d answers held".formatted(e.shown(), e.required());
    String abandoned = e.abandoned().isEmpty() ? "" : ", left behind: " + list(e.abandoned());
    return shown + abandoned + FleetStory.breaks(e.breaks());
  }

  /** Who asked, and why if it was said. */
  static String asked(String by, String reason) {
    return reason.isBlank()
        ? " (%s)".formatted(clause(by))
        : " (%s: \"%s\")".formatted(clause(by), PlainText.of(reason));
  }

  /** {@code advance} of {@code carousel.advance.v1}. */
  private static String act(String wireName) {
    return clause(wireName).replaceFirst("^carousel\\.", "").replaceFirst("\\.v\\d+$", "");
  }

  /** As a part of a sentence: safe, and without a full stop of its own. */
  private static String clause(String text) {
    return PlainText.of(text).strip().replaceFirst("\\.+$", "");
  }

  private static String capital(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }
}
