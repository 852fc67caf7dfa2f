package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityName;
import io.carousel.events.Breakage;
import io.carousel.events.CommandId;
import io.carousel.events.KeyId;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.RotationId;
import io.carousel.events.Seen;
import io.carousel.events.SlotName;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Why an act was refused: what, why, and what to do next. */
public sealed interface Refusal
    permits CredentialRefusal,
        ExternalRefusal,
        SlotRefusal,
        OriginRefusal,
        EnrolmentRefusal,
        Refusal.NotAuthorised,
        Refusal.UnknownAuthority,
        Refusal.AuthorityExists,
        Refusal.NameReserved,
        Refusal.MovedOn,
        Refusal.StillCreating,
        Refusal.NothingUnderway,
        Refusal.SuccessorNotNamed,
        Refusal.RotationUnderway,
        Refusal.KeysMissing,
        Refusal.GateClosed,
        Refusal.WouldBreak,
        Refusal.WouldNotBreak,
        Refusal.NobodyToAsk,
        Refusal.FleetNotEmpty,
        Refusal.NotInGate,
        Refusal.ReasonMissing,
        Refusal.RollingBack,
        Refusal.CannotReturn,
        Refusal.UnknownParticipant,
        Refusal.IdentityTaken,
        Refusal.KeyUnusable,
        Refusal.AuthorTaken,
        Refusal.UnknownAuthor,
        Refusal.LastOrchestrator,
        Refusal.LevelUnsupported,
        Refusal.UnknownCommand,
        Refusal.AnswerUnfit,
        Refusal.KeyKnown,
        Refusal.ProofFailed,
        Refusal.CertificateWrong,
        Refusal.PolicyStale,
        Refusal.PolicyFixed,
        Refusal.PolicyUnchanged,
        Refusal.NothingDue {
  /** How many names a message lists at most. */
  int FEW = 5;

  /** For people. */
  String message();

  /** For programs: chosen here, never changed, never reused. */
  default String code() {
    return switch (this) {
      case NotAuthorised _ -> "not-authorised";
      case UnknownAuthority _ -> "unknown-authority";
      case AuthorityExists _ -> "authority-exists";
      case NameReserved _ -> "name-reserved";
      case PolicyStale _ -> "policy-stale";
      case PolicyFixed _ -> "policy-fixed";
      case PolicyUnchanged _ -> "policy-unchanged";
      case SlotRefusal.BeyondLimits _ -> "beyond-limits";
      case SuccessorNotNamed _ -> "successor-not-named";
      case SlotRefusal.UnknownSlot _ -> "unknown-slot";
      case SlotRefusal.SlotExists _ -> "slot-exists";
      case MovedOn _ -> "moved-on";
      case StillCreating _ -> "still-creating";
      case NothingUnderway _ -> "nothing-underway";
      case RotationUnderway _ -> "rotation-underway";
      case KeysMissing _ -> "keys-missing";
      case GateClosed _ -> "gate-closed";
      case WouldBreak _ -> "would-break";
      case WouldNotBreak _ -> "would-not-break";
      case NobodyToAsk _ -> "nobody-to-ask";
      case FleetNotEmpty _ -> "fleet-not-empty";
      case NotInGate _ -> "not-in-gate";
      case ReasonMissing _ -> "reason-missing";
      case RollingBack _ -> "rolling-back";
      case CannotReturn _ -> "cannot-return";
      case UnknownParticipant _ -> "unknown-participant";
      case IdentityTaken _ -> "identity-taken";
      case KeyUnusable _ -> "key-unusable";
      case AuthorTaken _ -> "author-taken";
      case UnknownAuthor _ -> "unknown-author";
      case LastOrchestrator _ -> "last-orchestrator";
      case LevelUnsupported _ -> "level-unsupported";
      case UnknownCommand _ -> "unknown-command";
      case KeyKnown _ -> "key-known";
      case ProofFailed _ -> "proof-failed";
      case CertificateWrong _ -> "certificate-wrong";
      case NothingDue _ -> "nothing-due";
      case CredentialRefusal.CrlWrong _ -> "crl-wrong";
      case SlotRefusal.SuiteLacking _ -> "suite-lacking";
      case SlotRefusal.InspectionUnderway _ -> "inspection-underway";
      case SlotRefusal.NoSuchKey _ -> "no-such-key-there";
      case SlotRefusal.KeyInForce _ -> "key-in-force";
      case SlotRefusal.KeySeen _ -> "key-seen";
      case OriginRefusal.NoForeignCa _ -> "no-foreign-ca";
      case OriginRefusal.SeveralForeignCas _ -> "several-foreign-cas";
      case OriginRefusal.ForeignCrlUnfit _ -> "foreign-crl-unfit";
      case OriginRefusal.ForeignCrlNoNews _ -> "foreign-crl-no-news";
      case SlotRefusal.NotFrozen _ -> "not-frozen";
      case CredentialRefusal.NotIssued _ -> "not-issued";
      case CredentialRefusal.NothingToRevoke _ -> "nothing-to-revoke";
      case CredentialRefusal.NothingWithheld _ -> "nothing-withheld";
      case CredentialRefusal.TooManyRevoked _ -> "too-many-revoked";
      case CredentialRefusal.NoSvidSuite _ -> "no-svid-suite";
      case CredentialRefusal.NoSvidFormat _ -> "no-svid-format";
      case CredentialRefusal.FormatNotSigned _ -> "format-not-signed";
      case CredentialRefusal.PublishedTooLately _ -> "published-too-lately";
      case SlotRefusal.NamesTooLong _ -> "names-too-long";
      case SlotRefusal.SubjectTooLong _ -> "subject-too-long";
      case SlotRefusal.AlreadyIn _ -> "slot-in-authority";
      case SlotRefusal.NotIn _ -> "slot-not-in-authority";
      case SlotRefusal.LastSlot _ -> "last-slot";
      case SlotRefusal.GenerationUsed _ -> "generation-used";
      case SlotRefusal.NoneSigns _ -> "none-signs";
      case SlotRefusal.Moving _ -> "slot-moving";
      case SlotRefusal.HasSigned _ -> "slot-has-signed";
      case SlotRefusal.Lost _ -> "slot-lost";
      case SlotRefusal.LostAlready _ -> "slot-lost-already";
      case SlotRefusal.NotLost _ -> "slot-not-lost";
      case SlotRefusal.InUse _ -> "slot-in-use";
      case SlotRefusal.WorkersEnrolled _ -> "workers-enrolled";
      case SlotRefusal.KeysRemain _ -> "keys-remain";
      case SlotRefusal.KnownAlready _ -> "known-already";
      case AnswerUnfit _ -> "answer-unfit";
      case ExternalRefusal.RootUnfit _ -> "root-unfit";
      case ExternalRefusal.RootUseless _ -> "root-useless";
      case ExternalRefusal.NoExternalRoot _ -> "no-external-root";
      case ExternalRefusal.RequestWrong _ -> "request-wrong";
      case ExternalRefusal.NoCertificateAwaited _ -> "no-certificate-awaited";
      case ExternalRefusal.CertificatesAwaited _ -> "certificates-awaited";
      case ExternalRefusal.CertificateUnfit _ -> "certificate-unfit";
      case ExternalRefusal.RootCrlUseless _ -> "root-crl-useless";
      case ExternalRefusal.RootCrlUnfit _ -> "root-crl-unfit";
      case ExternalRefusal.RootCrlTooEarly _ -> "root-crl-too-early";
      case OriginRefusal.NotSeen _ -> "key-not-seen";
      case OriginRefusal.AdoptionUnfit _ -> "adoption-unfit";
      case OriginRefusal.KeyWeak _ -> "key-weak";
      case OriginRefusal.ImportUnfit _ -> "import-unfit";
      case OriginRefusal.ImportLacking _ -> "import-lacking";
      case OriginRefusal.PublicKeyKnown _ -> "public-key-known";
      case OriginRefusal.CannotSign _ -> "cannot-sign";
      case OriginRefusal.ElsewhereUnknown _ -> "elsewhere-unknown";
      case OriginRefusal.NothingElsewhere _ -> "nothing-elsewhere";
      case OriginRefusal.UnknownGeneration _ -> "unknown-generation";
      case OriginRefusal.CannotRetrust _ -> "cannot-retrust";
      case OriginRefusal.NotRetrusted _ -> "not-retrusted";
      case OriginRefusal.StillPresented _ -> "still-presented";
      case OriginRefusal.NobodyPresents _ -> "nobody-presents";
      case EnrolmentRefusal.TokenExists _ -> "token-exists";
      case EnrolmentRefusal.TooManyTokens _ -> "too-many-tokens";
      case EnrolmentRefusal.UnknownToken _ -> "unknown-token";
      case EnrolmentRefusal.TokenEnded _ -> "token-ended";
      case EnrolmentRefusal.NotSigned _ -> "not-signed";
      case EnrolmentRefusal.ClockOff _ -> "clock-off";
      case EnrolmentRefusal.TokenExpired _ -> "token-expired";
      case EnrolmentRefusal.TokenUsedUp _ -> "token-used-up";
      case EnrolmentRefusal.TokenRevoked _ -> "token-revoked";
      case EnrolmentRefusal.NameNotAllowed _ -> "name-not-allowed";
      case EnrolmentRefusal.NameTaken _ -> "name-taken";
      case EnrolmentRefusal.AlreadyEnrolled _ -> "already-enrolled";
      case EnrolmentRefusal.IdentityRemoved _ -> "identity-removed";
      case EnrolmentRefusal.NameKept _ -> "name-kept";
      case EnrolmentRefusal.NameUnfit _ -> "name-unfit";
      case EnrolmentRefusal.NameBarred _ -> "name-barred";
    };
  }

  /** The author may not ask this. */
  record NotAuthorised(AuthorName author, String what) implements Refusal {
    @Override
    public String message() {
      return "author '%s' may not %s".formatted(author, what);
    }
  }

  /** Whoever sleeps until the retiring generation is gone would not find the next one. */
  record SuccessorNotNamed(int retiring) implements Refusal {
    @Override
    public String message() {
      return "generation %d of 'carousel' has not signed yet who succeeds it, and whoever sleeps through this rotation must find that; its workers are asked, so try again in a few seconds, and if that does not help look at 'carousel authority show carousel' and 'carousel slot list'"
          .formatted(retiring);
    }
  }

  /** There is no such authority. */
  record UnknownAuthority(AuthorityName authority) implements Refusal {
    @Override
    public String message() {
      return "there is no authority '%s'; see 'carousel authority list'".formatted(authority);
    }
  }

  /** That name is taken. */
  record AuthorityExists(AuthorityName authority) implements Refusal {
    @Override
    public String message() {
      return "authority '%s' exists already; choose another name, or see 'carousel authority show %s'"
          .formatted(authority, authority);
    }
  }

  /** That name is kept for the house itself. */
  record NameReserved(AuthorityName name) implements Refusal {
    @Override
    public String message() {
      return "'%s' is the authority of the house itself: it signs X.509 alone, by keys that are made for it and under no other root; choose another name"
          .formatted(name);
    }
  }

  /** The authority has moved on since the author looked. */
  record MovedOn(AuthorityName authority, Seen seen, Seen actual) implements Refusal {
    @Override
    public String message() {
      return "authority '%s' has moved on: you saw %s, it is in %s; look again with 'carousel rotation status %s'"
          .formatted(authority, text(seen), text(actual), authority);
    }

    private static String text(Seen s) {
      return "%s%s (event %d)"
          .formatted(
              s.phase(), s.rotation().map(r -> " of rotation " + r).orElse(""), s.sequence());
    }
  }

  /** The first keys are still being made. */
  record StillCreating(AuthorityName authority, List<SlotName> missing) implements Refusal {
    @Override
    public String message() {
      return "authority '%s' is still being created: no usable key yet on %s; see 'carousel authority show %s'"
          .formatted(authority, few(missing), authority);
    }
  }

  /** There is nothing to advance or roll back. */
  record NothingUnderway(AuthorityName authority) implements Refusal {
    @Override
    public String message() {
      return "no rotation of authority '%s' is under way; start one with 'carousel rotation start %s'"
          .formatted(authority, authority);
    }
  }

  /** One rotation of an authority at a time. */
  record RotationUnderway(RotationId rotation, PhaseName phase) implements Refusal {
    @Override
    public String message() {
      return "rotation %s is under way (%s); finish it or roll it back first"
          .formatted(rotation, phase);
    }
  }

  /**
   * Every key that was asked for is waited for.
   *
   * @param what waits, as {@link RotationRules#change} calls it
   */
  record KeysMissing(String what, PhaseName leaving, List<String> missing) implements Refusal {
    @Override
    public String message() {
      return "%s cannot leave %s: there is no usable key yet on %s; check the worker of each slot"
          .formatted(what, leaving, few(missing));
    }
  }

  /**
   * The gate does not hold.
   *
   * @param what waits, as {@link RotationRules#change} calls it
   */
  record GateClosed(String what, PhaseName leaving, int of, List<Gate.Answer> lacking)
      implements Refusal {
    @Override
    public String message() {
      return "%s cannot leave %s: %d of %d answers are missing (%s); wait for them and see that their agents run; a host that does not come back is left behind with --abandon NAME"
          .formatted(
              what,
              leaving,
              lacking.size(),
              of,
              few(lacking.stream().map(Gate.Answer::words).toList()));
    }
  }

  /**
   * It would break participants that the operator did not name.
   *
   * @param step in words
   * @param unnamed whom, and what breaks for each
   */
  record WouldBreak(String step, List<Breakage> unnamed) implements Refusal {
    /** How many names are put together to be typed. */
    private static final int TYPED = 20;

    @Override
    public String message() {
      List<ParticipantName> names = unnamed.stream().map(Breakage::participant).toList();
      return "if %s, this breaks %s; mend that first, or accept it with %s"
          .formatted(
              step,
              few(
                  unnamed.stream()
                      .map(b -> "%s (%s)".formatted(b.participant(), b.what()))
                      .toList()),
              names.size() > TYPED
                  ? "--break and each of these %d names, which 'carousel rotation forecast' lists"
                      .formatted(names.size())
                  : "--break "
                      + names.stream().map(Object::toString).collect(Collectors.joining(",")));
    }
  }

  /** It would not break those. */
  record WouldNotBreak(String step, List<ParticipantName> names) implements Refusal {
    @Override
    public String message() {
      return "if %s, this does not break %s; check the names given to --break, or leave them out"
          .formatted(step, few(names));
    }
  }

  /**
   * A gate over an empty fleet.
   *
   * @param what waits, as {@link RotationRules#change} calls it
   */
  record NobodyToAsk(String what, PhaseName leaving) implements Refusal {
    @Override
    public String message() {
      return "%s cannot leave %s on evidence: no participant is enrolled whom this step is about; enrol who is missing, or say --nobody if nobody is"
          .formatted(what, leaving);
    }
  }

  /** Somebody is there after all. */
  record FleetNotEmpty(AuthorityName authority, int count) implements Refusal {
    @Override
    public String message() {
      return "--nobody was said, but the gate asks %d questions of the fleet of authority '%s'; leave --nobody out"
          .formatted(count, authority);
    }
  }

  /** Nobody of that name is asked anything. */
  record NotInGate(List<ParticipantName> names) implements Refusal {
    @Override
    public String message() {
      return "the gate does not wait for %s; check the names given to --abandon"
          .formatted(few(names));
    }
  }

  /** Abandoning needs a reason. */
  record ReasonMissing(String what) implements Refusal {
    @Override
    public String message() {
      return "%s needs a reason; give one with --reason".formatted(what);
    }
  }

  /** It is turned back already. */
  record RollingBack(RotationId rotation) implements Refusal {
    @Override
    public String message() {
      return "rotation %s is being rolled back already; advance it to standby when its gate holds"
          .formatted(rotation);
    }
  }

  /** The old generation cannot take over again. */
  record CannotReturn(RotationId rotation, int generation, Instant end) implements Refusal {
    @Override
    public String message() {
      return "rotation %s cannot be rolled back: generation %d ends at %s, within the lifetime of one credential; advance instead"
          .formatted(rotation, generation, end);
    }
  }

  /** Nobody of that name is enrolled. */
  record UnknownParticipant(ParticipantName participant) implements Refusal {
    @Override
    public String message() {
      return "there is no participant '%s'".formatted(participant);
    }
  }

  /** Enrolled with another identity. */
  record IdentityTaken(ParticipantName participant) implements Refusal {
    @Override
    public String message() {
      return "participant '%s' is enrolled with another identity key; remove it first if its host was replaced"
          .formatted(participant);
    }
  }

  /** A public key that is none, or not of the kind that is needed. */
  record KeyUnusable(String what, String why) implements Refusal {
    @Override
    public String message() {
      return "%s is not usable: %s".formatted(what, why);
    }
  }

  /** An author of that name has another key. */
  record AuthorTaken(AuthorName author) implements Refusal {
    @Override
    public String message() {
      return "author '%s' is enrolled with another key, role or slot; remove it first"
          .formatted(author);
    }
  }

  /** Nobody of that name may sign. */
  record UnknownAuthor(AuthorName author) implements Refusal {
    @Override
    public String message() {
      return "there is no author '%s'".formatted(author);
    }
  }

  /** The house would have nobody left to write its log. */
  record LastOrchestrator(AuthorName author) implements Refusal {
    @Override
    public String message() {
      return "author '%s' is the last orchestrator, or asks for its own removal; enrol another and let that one ask"
          .formatted(author);
    }
  }

  /** A feature level that cannot be. */
  record LevelUnsupported(int level, int now, int supported) implements Refusal {
    @Override
    public String message() {
      return "feature level %d cannot be set: the house is at %d and this program supports up to %d"
          .formatted(level, now, supported);
    }
  }

  /** An answer to nothing that was asked. */
  record UnknownCommand(CommandId command) implements Refusal {
    @Override
    public String message() {
      return "no key command %s was ever given to that slot".formatted(command);
    }
  }

  /** An answer to another question than was asked. */
  record AnswerUnfit(CommandId command) implements Refusal {
    @Override
    public String message() {
      return "that is no answer to key command %s, which still waits for one".formatted(command);
    }
  }

  /** A key that is known by another name. */
  record KeyKnown(KeyId key) implements Refusal {
    @Override
    public String message() {
      return "key %s, or its public key, is known to the house already; a key is never adopted twice"
          .formatted(key);
    }
  }

  /** The proof does not hold. */
  record ProofFailed(KeyId key) implements Refusal {
    @Override
    public String message() {
      return "the proof of possession of key %s does not hold".formatted(key);
    }
  }

  /** A certificate that is not what was asked for. */
  record CertificateWrong(CommandId command, String why) implements Refusal {
    @Override
    public String message() {
      return "the CA certificate for command %s is not what was asked for: %s"
          .formatted(command, why);
    }
  }

  /** The clock of the timer ran ahead. */
  record NothingDue() implements Refusal {
    @Override
    public String message() {
      return "nothing is due yet";
    }
  }

  /** At most so many of them. */
  static String few(List<?> all) {
    String text = all.stream().limit(FEW).map(Object::toString).collect(Collectors.joining(", "));
    return all.isEmpty()
        ? "none"
        : all.size() > FEW ? text + ", … " + all.size() + " in all" : text;
  }

  /** The policy was changed by somebody else meanwhile. */
  record PolicyStale(AuthorityName authority) implements Refusal {
    @Override
    public String message() {
      return "the policy of authority '%s' was changed meanwhile; look with 'carousel authority show %s', then ask again"
          .formatted(authority, authority);
    }
  }

  /** Nothing of the policy would change. */
  record PolicyUnchanged(AuthorityName authority) implements Refusal {
    @Override
    public String message() {
      return "the policy of authority '%s' is that already; 'carousel authority policy --help' lists what can be changed"
          .formatted(authority);
    }
  }

  /** A part of a policy that cannot be changed, or not now. */
  record PolicyFixed(AuthorityName authority, String why) implements Refusal {
    @Override
    public String message() {
      return "this part of the policy of authority '%s' stays as it is: %s"
          .formatted(authority, why);
    }
  }
}
