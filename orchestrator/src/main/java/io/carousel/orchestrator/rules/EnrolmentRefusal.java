package io.carousel.orchestrator.rules;

import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.NamePattern;
import io.carousel.events.ParticipantName;
import java.time.Duration;
import java.time.Instant;

/** Why an enrolment token is not made, not ended, or lets somebody not in. */
public sealed interface EnrolmentRefusal extends Refusal {
  /** There is a token with that key. */
  record TokenExists(EnrolmentTokenId token) implements EnrolmentRefusal {
    @Override
    public String message() {
      return "there is an enrolment token %s already; make one with a key of its own"
          .formatted(token);
    }
  }

  /** There are as many as there may be. */
  record TooManyTokens(int most) implements EnrolmentRefusal {
    @Override
    public String message() {
      return "%d enrolment tokens are open, and there cannot be more; give one token more uses, or revoke some that nobody needs"
          .formatted(most);
    }
  }

  /** There is none of that id, or it ended long ago. */
  record UnknownToken(EnrolmentTokenId token) implements EnrolmentRefusal {
    @Override
    public String message() {
      return "there is no enrolment token %s, or it ended more than %d hours ago; see 'carousel fleet token list', or make a new one"
          .formatted(token, Grant.KEPT.toHours());
    }
  }

  /** It has ended by itself. */
  record TokenEnded(EnrolmentTokenId token, Instant end) implements EnrolmentRefusal {
    @Override
    public String message() {
      return "enrolment token %s ended at %s and lets in nobody any more; there is nothing to revoke"
          .formatted(token, end);
    }
  }

  /** One of the two signatures does not hold. */
  record NotSigned(ParticipantName participant, String by) implements EnrolmentRefusal {
    @Override
    public String message() {
      return "the request to enrol '%s' is not signed by %s; take the token as it was printed, of this house"
          .formatted(participant, by);
    }
  }

  /** The host's clock is wrong, or the request is an old one. */
  record ClockOff(ParticipantName participant, Instant time, Duration off)
      implements EnrolmentRefusal {
    @Override
    public String message() {
      return "the request to enrol '%s' is of %s, %d s from this clock; set the host's clock right and ask again"
          .formatted(participant, time, off.toSeconds());
    }
  }

  /** Its time is over. */
  record TokenExpired(EnrolmentTokenId token, Instant end) implements EnrolmentRefusal {
    @Override
    public String message() {
      return "enrolment token %s expired at %s; have a new one made".formatted(token, end);
    }
  }

  /** It has let in as many as it may. */
  record TokenUsedUp(EnrolmentTokenId token, int uses) implements EnrolmentRefusal {
    @Override
    public String message() {
      return "enrolment token %s has let in %s, as many as it may; have a new one made, and look with 'carousel log' who it was if it should have been this host"
          .formatted(token, uses == 1 ? "one host" : uses + " hosts");
    }
  }

  /** An operator ended it. */
  record TokenRevoked(EnrolmentTokenId token, Instant at) implements EnrolmentRefusal {
    @Override
    public String message() {
      return "enrolment token %s was revoked at %s; have a new one made".formatted(token, at);
    }
  }

  /** It is for others. */
  record NameNotAllowed(EnrolmentTokenId token, ParticipantName participant, NamePattern names)
      implements EnrolmentRefusal {
    @Override
    public String message() {
      return "enrolment token %s is for '%s' and not for '%s'; name the host so, or have a token made for its name"
          .formatted(token, names, participant);
    }
  }

  /** Somebody else has that name. */
  record NameTaken(ParticipantName participant) implements EnrolmentRefusal {
    @Override
    public String message() {
      return "participant '%s' is enrolled with another identity key; if its host was lost, have a token made with --replace for that name"
          .formatted(participant);
    }
  }

  /** Its identity is enrolled, to do something else. */
  record AlreadyEnrolled(ParticipantName participant, EnrolmentTokenId token)
      implements EnrolmentRefusal {
    @Override
    public String message() {
      return "participant '%s' is enrolled already, and not to do what enrolment token %s is for; have its roles changed (POST /v1/participants) instead"
          .formatted(participant, token);
    }
  }

  /** It was let in by that token, and then sent away. */
  record IdentityRemoved(ParticipantName participant, EnrolmentTokenId token)
      implements EnrolmentRefusal {
    @Override
    public String message() {
      return "the host that asks to be '%s' was enrolled by token %s and removed since; have a new token made if it shall come back"
          .formatted(participant, token);
    }
  }

  /** A member of that name was removed while the token was open. */
  record NameBarred(ParticipantName participant, EnrolmentTokenId token)
      implements EnrolmentRefusal {
    @Override
    public String message() {
      return "participant '%s' was removed while enrolment token %s was open, which lets in nobody under that name any more; have a new token made if a host shall have it again"
          .formatted(participant, token);
    }
  }

  /** No worker would sign a credential with that name. */
  record NameUnfit(String name, String why) implements EnrolmentRefusal {
    @Override
    public String message() {
      return "nobody can be enrolled with the name '%s': %s".formatted(name, why);
    }
  }

  /** That name nobody can have. */
  record NameKept(String name) implements EnrolmentRefusal {
    @Override
    public String message() {
      return "nobody can be called '%s': names below '.invalid' are kept for canaries; choose another"
          .formatted(name);
    }
  }
}
