package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.AuthorityEvent.ForeignCrlFetchChanged;
import io.carousel.events.AuthorityEvent.ForeignCrlFollowed;
import io.carousel.events.AuthorityEvent.ForeignCrlImported;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.ForeignKey;
import io.carousel.events.OperatorAct.FollowForeignCrl;
import io.carousel.events.OperatorAct.ImportForeignCrl;
import io.carousel.events.OperatorAct.NoteForeignCrl;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The CRLs of CAs elsewhere, whose certificates an authority has imported. A checker that wants
 * CRLs takes nothing of a CA without one: all that are trusted have theirs, or none is published.
 */
public final class ForeignCrlRules {
  private ForeignCrlRules() {}

  /** A CA elsewhere. */
  public record Ca(int generation, ForeignKey key, ForeignCrls crls) {
    /** SHA-256 of its SubjectPublicKeyInfo. */
    public Digest digest() {
      return key.publicKey().digest();
    }

    private X509Certificate certificate() {
      try {
        return CaCheck.parse(key.certificate().orElseThrow());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("an imported certificate of the log cannot be read", e);
      }
    }

    private String words() {
      return "the CA '%s' of generation %d, which signs elsewhere"
          .formatted(certificate().getSubjectX500Principal(), generation);
    }
  }

  private static Stream<Ca> all(Authority a) {
    return a.generations().values().stream()
        .flatMap(g ->
            g.foreignCas().map(k -> new Ca(g.number(), k, g.foreignCrls(k.publicKey().digest()))));
  }

  /** Those that verifiers trust now. */
  public static List<Ca> trusted(Authority a) {
    return all(a).filter(ca -> a.trusted().contains(ca.generation())).toList();
  }

  /** A CA elsewhere of that generation whose CRL was never brought, in words; empty if none is. */
  static Optional<String> withoutCrl(Authority a, Generation g) {
    return all(a)
        .filter(ca -> ca.generation() == g.number() && ca.crls().newest().isEmpty())
        .map(Ca::words)
        .findFirst();
  }

  /** What an operator must see about them; a sentence each. */
  public static Stream<String> warnings(Authority a, Instant now) {
    return trusted(a).stream().flatMap(ca -> warnings(a.name(), ca, now));
  }

  private static Stream<String> warnings(AuthorityName name, Ca ca, Instant now) {
    String remedy =
        "bring it with 'carousel authority crl %s FILE', or have it fetched with 'carousel authority crl %s --url URL'"
            .formatted(name, name);
    Optional<String> trouble =
        ca.crls()
            .trouble()
            .map(why ->
                "the CRL of %s cannot be fetched from %s: %s"
                    .formatted(ca.words(), ca.crls().url().orElse("its address"), why));
    Optional<String> state =
        ca.crls().newest().isEmpty()
            ? Optional.of(
                "%s has no CRL here: no crls.pem is published for authority '%s', and no verifier can check CRLs by it; %s"
                    .formatted(ca.words(), name, remedy))
            : ca.crls()
                .newest()
                .filter(crl -> crl.isStale(now))
                .map(crl ->
                    "the %s of %s is past its time since %s: verifiers that check CRLs refuse every credential of that CA; %s"
                        .formatted(crl.words(), ca.words(), crl.nextUpdate(), remedy));
    return Stream.of(state, trouble).flatMap(Optional::stream);
  }

  static Decision decide(House house, ImportForeignCrl act, Circumstances c) {
    Optional<Authority> found = house.authority(act.authority());
    if (found.isEmpty()) {
      return refuse(new Refusal.UnknownAuthority(act.authority()));
    }
    Authority a = found.get();
    List<Ca> cas = all(a).toList();
    if (cas.isEmpty()) {
      return refuse(new OriginRefusal.NoForeignCa(a.name()));
    }
    String why = "";
    for (Ca ca : cas) {
      try {
        RootCrlCheck.Read read =
            RootCrlCheck.read(act.crl(), ca.certificate(), "the CA", ca.crls().newest(), c.now());
        return accept(imported(a, ca, read, act, c));
      } catch (RootCrlCheck.Unfit e) {
        // Of another CA, more often than not: what is said of the one that has signed it counts.
        why = why.isEmpty() || e.isOfIssuer() ? e.getMessage() : why;
      }
    }
    return refuse(new OriginRefusal.ForeignCrlUnfit(a.name(), why));
  }

  private static ForeignCrlImported imported(
      Authority a, Ca ca, RootCrlCheck.Read read, ImportForeignCrl act, Circumstances c) {
    return new ForeignCrlImported(
        a.name(),
        ca.generation(),
        ca.digest(),
        read.number(),
        read.crl().getThisUpdate().toInstant(),
        read.crl().getNextUpdate().toInstant(),
        act.crl(),
        act.by(),
        c.now());
  }

  static Decision decide(House house, FollowForeignCrl act, Circumstances c) {
    Optional<Authority> found = house.authority(act.authority());
    if (found.isEmpty()) {
      return refuse(new Refusal.UnknownAuthority(act.authority()));
    }
    Authority a = found.get();
    List<Ca> cas = all(a).filter(ca -> act.key().map(ca.digest()::equals).orElse(true)).toList();
    if (cas.isEmpty()) {
      return refuse(new OriginRefusal.NoForeignCa(a.name()));
    }
    if (cas.size() > 1) {
      return refuse(
          new OriginRefusal.SeveralForeignCas(a.name(), cas.stream().map(Ca::digest).toList()));
    }
    Ca ca = cas.getFirst();
    return accept(
        new ForeignCrlFollowed(
            a.name(), ca.generation(), ca.digest(), act.url(), act.by(), c.now()));
  }

  static Decision decide(House house, NoteForeignCrl act, Circumstances c) {
    Optional<Authority> found = house.authority(act.authority());
    if (found.isEmpty()) {
      return refuse(new Refusal.UnknownAuthority(act.authority()));
    }
    Optional<Ca> known = all(found.get()).filter(ca -> ca.digest().equals(act.key())).findFirst();
    if (known.isEmpty()) {
      return refuse(new OriginRefusal.NoForeignCa(act.authority()));
    }
    return known.get().crls().trouble().equals(act.trouble())
        ? refuse(new OriginRefusal.ForeignCrlNoNews(act.authority()))
        : accept(
            new ForeignCrlFetchChanged(
                act.authority(), known.get().generation(), act.key(), act.trouble(), c.now()));
  }

  // --- evolve -----------------------------------------------------------------------------------

  static House imported(House house, Authority a, ForeignCrlImported e) {
    var crl = new External.RootCrl(e.number(), e.thisUpdate(), e.nextUpdate(), 0, e.crl());
    Generation g = a.generation(e.generation());
    return house.with(a.with(g.with(e.key(), g.foreignCrls(e.key()).with(crl))));
  }

  static House followed(House house, Authority a, ForeignCrlFollowed e) {
    Generation g = a.generation(e.generation());
    return house.with(a.with(g.with(e.key(), g.foreignCrls(e.key()).followed(e.url()))));
  }

  static House changed(House house, Authority a, ForeignCrlFetchChanged e) {
    Generation g = a.generation(e.generation());
    return house.with(a.with(g.with(e.key(), g.foreignCrls(e.key()).troubled(e.trouble()))));
  }

  /** The newest CRLs of the CAs elsewhere that are trusted, DER. */
  public static List<Bytes> published(Authority a) {
    return trusted(a).stream()
        .flatMap(ca -> ca.crls().newest().stream())
        .map(External.RootCrl::crl)
        .toList();
  }
}
