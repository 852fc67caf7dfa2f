package io.carousel.signer.work;

import io.carousel.events.AuthorName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.LeafOrder;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.jose.JwtDraft;
import io.carousel.events.openssh.SshCertificateDraft;
import io.carousel.signer.certificate.Drafts;
import io.carousel.signer.certificate.Issuer;
import io.carousel.signer.certificate.Placeholder;
import io.carousel.signer.certificate.PublicKeys;
import io.carousel.signer.certificate.Rehearsal;
import io.carousel.signer.certificate.ToBeSigned;
import io.carousel.signer.jwt.Sealed;
import io.carousel.signer.jwt.Tokens;
import io.carousel.signer.openssh.SshDrafts;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.LogUnreachable;
import io.carousel.signer.trust.PhaseCheck;
import io.carousel.signer.trust.SvidCheck;
import io.carousel.signer.trust.Verification;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Signs credentials of every format: the work of {@code carousel.leaves.SLOT}. */
public final class LeafWork implements Work<LeafCommand, LeafResult> {
  private static final int MOST_REMEMBERED = 64;

  private final HouseId house;
  private final SlotName slot;
  private final TokenDesk token;
  private final Limits limits;
  private final PhaseCheck phases;
  private final InstantSource clock;
  private final Tally tally;
  private final Repeats repeats = new Repeats();
  // Reading and verifying an issuer costs as much as signing a leaf, and there are few of them.
  private final Map<Above, Issuer> issuers = new ConcurrentHashMap<>();

  private record Above(Bytes certificate, Suite suite, Optional<Bytes> root) {}

  /**
   * With that slot's token.
   *
   * @param tally learns which answers are not the first to their command
   */
  public LeafWork(
      HouseId house,
      SlotName slot,
      Token token,
      Limits limits,
      Verification verification,
      PhaseCheck phases,
      InstantSource clock,
      Tally tally) {
    this.house = house;
    this.slot = slot;
    this.token = new TokenDesk(token, verification);
    this.limits = limits;
    this.phases = phases;
    this.clock = clock;
    this.tally = tally;
  }

  @Override
  public Class<LeafCommand> family() {
    return LeafCommand.class;
  }

  @Override
  public Prepared<LeafResult> prepare(LeafCommand command, AuthorName author)
      throws TokenException, LogUnreachable {
    try {
      TokenDesk.requireSlot(slot, command);
      limits.check(command, clock.instant());
      phases.check(command.order());
      SvidCheck.check(command, phases.trustDomain(command.authority()));
      Draft draft = draft(command);
      return () -> sign(command, draft);
    } catch (Refused e) {
      LeafResult refusal = refuse(command, e);
      return Prepared.done(Optional.of(noted(command, refusal)));
    }
  }

  @Override
  public void probe() throws TokenException {
    token.probe();
  }

  @Override
  public LeafRefused refuse(LeafCommand command, Refused why) {
    return new LeafRefused(
        command.command(),
        command.authority(),
        command.generation(),
        slot,
        command.order().participant(),
        command.order().serial(),
        why.why().code(),
        why.getMessage());
  }

  /**
   * What the token is to sign, and what becomes of it then.
   *
   * @param caKey SubjectPublicKeyInfo of the key that is to sign
   */
  private record Draft(Bytes caKey, byte[] message, Function<byte[], Finished> finish) {}

  /**
   * A credential as its holder gets it.
   *
   * @param digest as {@link LeafSigned#digest}
   */
  private record Finished(Bytes credential, Digest digest) {
    private static Finished of(Bytes certificate) {
      return new Finished(certificate, certificate.digest());
    }
  }

  private Draft draft(LeafCommand command) throws Refused, TokenException {
    return switch (command) {
      case SignLeaf c -> certificate(c);
      case SignSshCertificate c -> sshCertificate(c);
      case SignToken c -> webToken(c);
    };
  }

  private Draft certificate(SignLeaf command) throws Refused, TokenException {
    Issuer issuer = issuer(command);
    ToBeSigned draft = Drafts.leaf(house, command, issuer);
    Rehearsal.of(draft, house, command, issuer);
    return new Draft(
        issuer.publicKey(),
        draft.bytes().toArray(),
        signature -> Finished.of(draft.complete(signature)));
  }

  private Draft sshCertificate(SignSshCertificate command) throws Refused, TokenException {
    LeafOrder order = command.order();
    token.require(order.key(), command.caKey(), order.suite());
    PublicKeys.check(command.publicKey());
    SshCertificateDraft draft = SshDrafts.of(command, Bytes.of(Placeholder.of(order.suite())));
    return new Draft(
        command.caKey(),
        draft.toBeSigned().toArray(),
        signature -> Finished.of(draft.complete(Bytes.of(signature)).blob()));
  }

  private Draft webToken(SignToken command) throws Refused, TokenException {
    LeafOrder order = command.order();
    token.require(order.key(), command.caKey(), order.suite());
    Sealed envelope = Sealed.to(command.recipient());
    JwtDraft draft = Tokens.draft(house, command, Bytes.of(Placeholder.of(order.suite())));
    return new Draft(
        command.caKey(),
        draft.signingInput().toArray(),
        signature -> {
          String signed = draft.complete(Bytes.of(signature)).compact();
          return new Finished(envelope.seal(signed), Sealed.digest(signed));
        });
  }

  /** It may have waited for a session: what is late by now is not signed. */
  private Signed<LeafResult> sign(LeafCommand command, Draft draft) throws TokenException {
    try {
      limits.check(command, clock.instant());
      LeafOrder order = command.order();
      byte[] signature = token.sign(order.key(), order.suite(), draft.message());
      return () -> Optional.of(noted(command, signed(command, draft, signature)));
    } catch (Refused e) {
      LeafResult refusal = refuse(command, e);
      return () -> Optional.of(noted(command, refusal));
    }
  }

  /** A crash may have come between answer and acknowledgement, so a repeat is answered again. */
  private LeafResult noted(LeafCommand command, LeafResult answer) {
    if (repeats.again(command.order(), clock.instant())) {
      tally.countRepeated();
    }
    return answer;
  }

  private LeafResult signed(LeafCommand command, Draft draft, byte[] signature) {
    LeafOrder order = command.order();
    try {
      token.verify(order.key(), draft.caKey(), order.suite(), draft.message(), signature);
    } catch (Refused e) {
      return refuse(command, e);
    }
    Finished finished = draft.finish().apply(signature);
    return new LeafSigned(
        order.command(),
        order.authority(),
        order.generation(),
        slot,
        order.participant(),
        order.identity(),
        command.format(),
        order.profile(),
        order.serial(),
        draft.caKey().digest(),
        order.notAfter(),
        finished.digest(),
        finished.credential());
  }

  private Issuer issuer(SignLeaf command) throws Refused, TokenException {
    Suite suite = command.order().suite();
    Optional<Bytes> root = phases.root(command.authority());
    var above = new Above(command.issuer(), suite, root);
    Issuer issuer = issuers.get(above);
    if (issuer == null) {
      issuer = Issuer.of(command.issuer(), suite, root);
      if (issuers.size() >= MOST_REMEMBERED) {
        issuers.clear();
      }
      issuers.put(above, issuer);
    }
    try {
      token.require(command.order().key(), issuer.publicKey(), suite);
    } catch (Refused e) {
      if (e.why() == Refusal.KEY_DIFFERS) {
        throw new Refused(
            Refusal.ISSUER_DIFFERS, "the issuer is not of the key: " + e.getMessage(), e);
      }
      throw e;
    }
    return issuer;
  }
}
