package io.carousel.signer.work;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.signer.certificate.Drafts;
import io.carousel.signer.certificate.Issuer;
import io.carousel.signer.certificate.Rehearsal;
import io.carousel.signer.certificate.ToBeSigned;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.Verification;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Signs leaf certificates: the work of {@code carousel.leaves.SLOT}. */
public final class LeafWork implements Work<SignLeaf, LeafResult> {
  private static final int MOST_REMEMBERED = 64;

  private final HouseId house;
  private final SlotName slot;
  private final TokenDesk token;
  private final Limits limits;
  private final InstantSource clock;
  // Reading and verifying an issuer costs as much as signing a leaf, and there are few of them.
  private final Map<Above, Issuer> issuers = new ConcurrentHashMap<>();

  private record Above(Bytes certificate, Suite suite) {}

  /** With that slot's token. */
  public LeafWork(
      HouseId house,
      SlotName slot,
      Token token,
      Limits limits,
      Verification verification,
      InstantSource clock) {
    this.house = house;
    this.slot = slot;
    this.token = new TokenDesk(token, verification);
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public Class<SignLeaf> family() {
    return SignLeaf.class;
  }

  @Override
  public Prepared<LeafResult> prepare(SignLeaf command) throws TokenException {
    try {
      TokenDesk.requireSlot(slot, command);
      limits.check(command, clock.instant());
      Issuer issuer = issuer(command);
      ToBeSigned draft = Drafts.leaf(house, command, issuer);
      Rehearsal.of(draft, house, command, issuer);
      return () -> sign(command, issuer, draft);
    } catch (Refused e) {
      LeafResult refusal = refuse(command, e);
      return () -> () -> refusal;
    }
  }

  @Override
  public LeafRefused refuse(SignLeaf command, Refused why) {
    return new LeafRefused(
        command.command(),
        command.authority(),
        command.generation(),
        slot,
        command.participant(),
        command.serial(),
        why.why().code(),
        why.getMessage());
  }

  /** It may have waited for a session: what is late by now is not signed. */
  private Signed<LeafResult> sign(SignLeaf command, Issuer issuer, ToBeSigned draft)
      throws TokenException {
    try {
      limits.check(command, clock.instant());
      byte[] message = draft.bytes().toArray();
      byte[] signature = token.sign(command.key(), command.suite(), message);
      return () -> signed(command, issuer, draft, message, signature);
    } catch (Refused e) {
      LeafResult refusal = refuse(command, e);
      return () -> refusal;
    }
  }

  private LeafResult signed(
      SignLeaf command, Issuer issuer, ToBeSigned draft, byte[] message, byte[] signature) {
    try {
      token.verify(command.key(), issuer.publicKey(), command.suite(), message, signature);
    } catch (Refused e) {
      return refuse(command, e);
    }
    return new LeafSigned(
        command.command(),
        command.authority(),
        command.generation(),
        slot,
        command.participant(),
        command.identity(),
        command.profile(),
        command.serial(),
        Digest.of(issuer.publicKey().toArray()),
        command.notAfter(),
        draft.complete(signature));
  }

  private Issuer issuer(SignLeaf command) throws Refused, TokenException {
    var above = new Above(command.issuer(), command.suite());
    Issuer issuer = issuers.get(above);
    if (issuer == null) {
      issuer = Issuer.of(command.issuer(), command.suite());
      if (issuers.size() >= MOST_REMEMBERED) {
        issuers.clear();
      }
      issuers.put(above, issuer);
    }
    try {
      token.require(command.key(), issuer.publicKey(), command.suite());
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
