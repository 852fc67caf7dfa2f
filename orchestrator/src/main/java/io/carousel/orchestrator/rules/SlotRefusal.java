package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityName;
import io.carousel.events.KeyId;
import io.carousel.events.PhaseName;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import java.util.List;

/** What is not done with HSM slots, and why. */
public sealed interface SlotRefusal extends Refusal {
  /** A token whose mechanisms do not include what a suite needs. */
  record SuiteLacking(SlotName slot, Suite suite, List<Suite> has) implements SlotRefusal {
    @Override
    public String message() {
      return "the token of slot '%s' cannot make and use keys of suite %s; it can: %s"
          .formatted(slot, suite, Refusal.few(has));
    }
  }

  /** The workers of a slot would refuse what a policy asks for. */
  record BeyondLimits(SlotName slot, AuthorName worker, String what) implements SlotRefusal {
    @Override
    public String message() {
      return "worker '%s' of slot '%s' would refuse it: %s; ask for less, or change 'limits' in that worker's configuration, start it again and run 'carousel slot check %s'"
          .formatted(worker, slot, what, slot);
    }
  }

  /** It is being looked at already. */
  record InspectionUnderway(SlotName slot) implements SlotRefusal {
    @Override
    public String message() {
      return "the token of slot '%s' is being looked at already; see 'carousel slot list'"
          .formatted(slot);
    }
  }

  /** Nothing is wrong with it. */
  record NotFrozen(SlotName slot) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' is not frozen; there is nothing to thaw".formatted(slot);
    }
  }

  /** There is no such key in it. */
  record NoSuchKey(SlotName slot, KeyId key) implements SlotRefusal {
    @Override
    public String message() {
      return "the log knows no key %s that should be in slot '%s'; see 'carousel slot check %s'"
          .formatted(key, slot, slot);
    }
  }

  /** Verifiers still trust it. */
  record KeyInForce(SlotName slot, KeyId key, AuthorityName authority, int generation)
      implements SlotRefusal {
    @Override
    public String message() {
      return "key %s of slot '%s' is of generation %d of authority '%s', which is in force; have it replaced first: end a rotation ('carousel rotation start %s'), or take the slot out ('carousel slot leave %s %s --reason WHY'), then declare it lost"
          .formatted(key, slot, generation, authority, authority, slot, authority);
    }
  }

  /** The newest look at the token found it there. */
  record KeySeen(SlotName slot, KeyId key) implements SlotRefusal {
    @Override
    public String message() {
      return "the last look at slot '%s' found key %s there; if it is gone since, look again with 'carousel slot check %s', then declare it lost"
          .formatted(slot, key, slot);
    }
  }

  /** A slot that the house does not know. */
  record UnknownSlot(SlotName slot, List<SlotName> known) implements SlotRefusal {
    @Override
    public String message() {
      return "there is no slot '%s'; the slots are: %s".formatted(slot, Refusal.few(known));
    }
  }

  /** A slot of that name is declared differently. */
  record SlotExists(SlotName slot) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' is registered already, with another module or custody".formatted(slot);
    }
  }

  /** The names of authority and slot do not fit into the subject of a CA certificate together. */
  record NamesTooLong(AuthorityName authority, SlotName slot, int limit) implements SlotRefusal {
    @Override
    public String message() {
      return "the names '%s' and '%s' are too long together: both stand in the subject of a CA certificate, with room for %d characters; choose a shorter name"
          .formatted(authority, slot, limit);
    }
  }

  /** A CA certificate would have a common name that readers do not take. */
  record SubjectTooLong(AuthorityName authority, SlotName slot, String why) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' cannot sign for authority '%s': %s".formatted(slot, authority, why);
    }
  }

  /** The authority has it. */
  record AlreadyIn(SlotName slot, AuthorityName authority) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' is one of authority '%s' already".formatted(slot, authority);
    }
  }

  /** The authority has it not. */
  record NotIn(SlotName slot, AuthorityName authority, List<SlotName> has) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' is none of authority '%s'; its slots are: %s"
          .formatted(slot, authority, Refusal.few(has));
    }
  }

  /** Nobody would be left to sign. */
  record LastSlot(SlotName slot, AuthorityName authority, List<SlotName> lost)
      implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' cannot leave authority '%s': %s; let another join first with 'carousel slot join SLOT %s'"
          .formatted(
              slot,
              authority,
              lost.isEmpty() ? "it is its only one" : "the others are lost: " + Refusal.few(lost),
              authority);
    }
  }

  /** Its place in the generation is taken for ever: a CA certificate's name is given once. */
  record GenerationUsed(SlotName slot, AuthorityName authority, int generation)
      implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' had keys of generation %d of authority '%s' before, and a CA certificate's name is given once: rotate with 'carousel rotation start %s', then let it join"
          .formatted(slot, generation, authority, authority);
    }
  }

  /** Its keys are elsewhere: no slot signs for it, and none has anything to leave. */
  record NoneSigns(AuthorityName authority, int generation) implements SlotRefusal {
    @Override
    public String message() {
      return "generation %d of authority '%s' is verify-only, and signs on no slot: move its fleet first, with 'carousel rotation start %s'"
          .formatted(generation, authority, authority);
    }
  }

  /** One change of an authority at a time. */
  record Moving(AuthorityName authority, SlotName slot, PhaseName phase) implements SlotRefusal {
    @Override
    public String message() {
      return "authority '%1$s' is in %2$s of slot '%3$s': finish that with 'carousel rotation advance %1$s', or call it off with 'carousel rotation rollback %1$s --reason WHY'"
          .formatted(authority, phase, slot);
    }
  }

  /** A credential by a key that must not have signed any. */
  record HasSigned(SlotName slot, AuthorityName authority) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' has signed credentials of authority '%s' though it had not joined: find out how, finish its joining with 'carousel rotation advance %s', then let it leave"
          .formatted(slot, authority, authority);
    }
  }

  /** Nothing can be asked of it. */
  record Lost(SlotName slot, AuthorityName authority) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%1$s' is lost, and authority '%2$s' would wait for its keys: bring its worker back (see 'carousel slot check %1$s'), or go on without it ('carousel slot leave %1$s %2$s --reason WHY' if it is one of its slots)"
          .formatted(slot, authority);
    }
  }

  /** It is known to be lost. */
  record LostAlready(SlotName slot) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' counts as lost already; see 'carousel slot list'".formatted(slot);
    }
  }

  /** It is not lost. */
  record NotLost(SlotName slot) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%1$s' does not count as lost, so its keys can be destroyed: wait for that, or say first that it is with 'carousel slot lost %1$s'"
          .formatted(slot);
    }
  }

  /** Somebody has it. */
  record InUse(SlotName slot, List<AuthorityName> by) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%1$s' is in use by %2$s; let it leave first with 'carousel slot leave %1$s AUTHORITY --reason WHY'"
          .formatted(slot, Refusal.few(by));
    }
  }

  /** Somebody may sign results for it. */
  record WorkersEnrolled(SlotName slot, List<AuthorName> workers) implements SlotRefusal {
    @Override
    public String message() {
      return "workers are enrolled for slot '%s': %s; remove them first (DELETE /v1/authors/NAME, docs/http-api.md)"
          .formatted(slot, Refusal.few(workers));
    }
  }

  /** Keys are there. */
  record KeysRemain(SlotName slot, List<String> keys) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' still holds %s; wait until they are destroyed, or say --gone if it is lost for ever"
          .formatted(slot, Refusal.few(keys));
    }
  }

  /** The log says so already. */
  record KnownAlready(SlotName slot, boolean silent) implements SlotRefusal {
    @Override
    public String message() {
      return "the log says already that slot '%s' %s"
          .formatted(slot, silent ? "is silent" : "is not silent");
    }
  }
}
