package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.PhaseName;
import io.carousel.events.RotationId;
import io.carousel.events.SlotName;
import java.util.List;

/** What is not done with keys from elsewhere, or with trust that was taken back, and why. */
public sealed interface OriginRefusal extends Refusal {
  /** Nobody has seen that key in that token. */
  record NotSeen(SlotName slot, KeyId key) implements OriginRefusal {
    @Override
    public String message() {
      return "the last look at slot '%s' showed no single key pair with the id %s; look with 'carousel slot check %s', and adopt a key that it lists"
          .formatted(slot, key, slot);
    }
  }

  /** A key that cannot sign for that authority. */
  record AdoptionUnfit(KeyPlace place, KeyId key, String why) implements OriginRefusal {
    @Override
    public String message() {
      return "key %s cannot be adopted for %s: %s".formatted(key, place, why);
    }
  }

  /** A key that is less protected than is asked. */
  record KeyWeak(SlotName slot, KeyId key, List<String> weaker) implements OriginRefusal {
    @Override
    public String message() {
      return "key %s of slot '%s' is less protected than is asked of keys (%s); adopt another, or say --accept-weak"
          .formatted(key, slot, String.join(", ", weaker));
    }
  }

  /** A public key that verifiers cannot be told to trust. */
  record ImportUnfit(Format format, Digest key, String why) implements OriginRefusal {
    @Override
    public String message() {
      return "the %s key with the digest %s cannot be imported: %s"
          .formatted(format, key.brief(), why);
    }
  }

  /** A format of which nothing is trusted yet. */
  record ImportLacking(Format format) implements OriginRefusal {
    @Override
    public String message() {
      return "no %s key is imported, and a verify-only generation needs what verifiers of each format trust now; import one, or leave the format out"
          .formatted(format);
    }
  }

  /** A public key that the log has already. */
  record PublicKeyKnown(Digest key) implements OriginRefusal {
    @Override
    public String message() {
      return "the public key with the digest %s is known to the house already; a key belongs to one generation"
          .formatted(key.brief());
    }
  }

  /** It has no CA elsewhere of which a CRL could be. */
  record NoForeignCa(AuthorityName authority) implements OriginRefusal {
    @Override
    public String message() {
      return "authority '%s' has imported no such CA certificate, so there is no CRL to bring; see 'carousel authority show %s'"
          .formatted(authority, authority);
    }
  }

  /** It has several, and which is meant was not said. */
  record SeveralForeignCas(AuthorityName authority, List<Digest> keys) implements OriginRefusal {
    @Override
    public String message() {
      return "authority '%s' has imported several CAs; say of which with --ca, by the SHA-256 of its key: %s"
          .formatted(authority, Refusal.few(keys));
    }
  }

  /** A CRL of a CA elsewhere that is not taken. */
  record ForeignCrlUnfit(AuthorityName authority, String why) implements OriginRefusal {
    @Override
    public String message() {
      return "the CRL was not imported for authority '%s': %s".formatted(authority, why);
    }
  }

  /** Fetching went as before. */
  record ForeignCrlNoNews(AuthorityName authority) implements OriginRefusal {
    @Override
    public String message() {
      return "the log knows that of the CRL of authority '%s' already; there is nothing to do"
          .formatted(authority);
    }
  }

  /** The generation to return to signs nothing here. */
  record CannotSign(RotationId rotation, PhaseName phase, int generation) implements OriginRefusal {
    @Override
    public String message() {
      return "rotation %s cannot be rolled back from %s: generation %d is verify-only, so nobody could be given its credentials back; advance instead"
          .formatted(rotation, phase, generation);
    }
  }

  /** The log does not know all that the generation issued. */
  record ElsewhereUnknown(AuthorityName authority, int generation) implements OriginRefusal {
    @Override
    public String message() {
      return "generation %d of authority '%s' has issued credentials elsewhere, of which the log knows nothing; see that they are replaced, and say --issued-elsewhere-replaced"
          .formatted(generation, authority);
    }
  }

  /** There is nothing to say so of. */
  record NothingElsewhere(AuthorityName authority) implements OriginRefusal {
    @Override
    public String message() {
      return "--issued-elsewhere-replaced was said, but no generation of authority '%s' that issued anything elsewhere loses its trust by this; leave it out"
          .formatted(authority);
    }
  }

  /** There is no such generation. */
  record UnknownGeneration(AuthorityName authority, int generation) implements OriginRefusal {
    @Override
    public String message() {
      return "authority '%s' has no generation %d; see 'carousel authority show %s'"
          .formatted(authority, generation, authority);
    }
  }

  /** Trust in it cannot be given back. */
  record CannotRetrust(AuthorityName authority, int generation, String why)
      implements OriginRefusal {
    @Override
    public String message() {
      return "generation %d of authority '%s' cannot be trusted once more: %s; see 'carousel authority show %s'"
          .formatted(generation, authority, why, authority);
    }
  }

  /** It was not given back. */
  record NotRetrusted(AuthorityName authority, int generation) implements OriginRefusal {
    @Override
    public String message() {
      return "generation %d of authority '%s' was not trusted once more, so that cannot end; trust in the generations of a rotation ends with 'carousel rotation advance %s'"
          .formatted(generation, authority, authority);
    }
  }

  /** Some may still present credentials of it. */
  record StillPresented(AuthorityName authority, int generation, int of, List<Gate.Answer> lacking)
      implements OriginRefusal {
    @Override
    public String message() {
      return "trust in generation %d of authority '%s' cannot end: %d of %d answers are missing (%s); wait for them, or leave participants behind with --abandon NAME"
          .formatted(
              generation,
              authority,
              lacking.size(),
              of,
              Refusal.few(lacking.stream().map(Gate.Answer::words).toList()));
    }
  }

  /** A gate over an empty fleet. */
  record NobodyPresents(AuthorityName authority, int generation) implements OriginRefusal {
    @Override
    public String message() {
      return "trust in generation %d of authority '%s' cannot end on evidence: no participant is enrolled who could be asked; enrol who is missing, or say --nobody if nobody is"
          .formatted(generation, authority);
    }
  }
}
