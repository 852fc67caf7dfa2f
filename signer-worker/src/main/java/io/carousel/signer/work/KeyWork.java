package io.carousel.signer.work;

import io.carousel.events.Bytes;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotName;
import io.carousel.events.Statements;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.signer.certificate.CrlRehearsal;
import io.carousel.signer.certificate.Drafts;
import io.carousel.signer.certificate.Issuer;
import io.carousel.signer.certificate.Rehearsal;
import io.carousel.signer.certificate.ToBeSigned;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.trust.Limits;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Makes keys, CA certificates, CRLs and, in the end, room: the work of {@code carousel.keys.SLOT}.
 */
public final class KeyWork implements Work<KeyCommand, WorkerAct> {
  private static final int KEY_ID_BYTES = 16;

  private final HouseId house;
  private final SlotName slot;
  private final TokenDesk token;
  private final Limits limits;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /** On that slot's token. */
  public KeyWork(HouseId house, SlotName slot, Token token, Limits limits, InstantSource clock) {
    this.house = house;
    this.slot = slot;
    this.token = new TokenDesk(token);
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public Class<KeyCommand> family() {
    return KeyCommand.class;
  }

  @Override
  public WorkerAct carryOut(KeyCommand command) throws TokenException {
    try {
      TokenDesk.requireSlot(slot, command);
      limits.check(command, clock.instant());
      return switch (command) {
        case GenerateKey c -> generate(c);
        case SignCaCertificate c -> certify(c);
        case SignCrl c -> list(c);
        case DestroyKey c -> destroy(c);
      };
    } catch (Refused e) {
      return refuse(command, e);
    }
  }

  @Override
  public KeyCommandRefused refuse(KeyCommand command, Refused why) {
    return new KeyCommandRefused(
        command.command(), slot, why.why().code(), why.getMessage(), why.why().lasting());
  }

  /** A crash may have come after the key was made and before anybody heard of it: look first. */
  private KeyGenerated generate(GenerateKey command) throws Refused, TokenException {
    String label = command.command().value();
    Optional<TokenKey> before = token.findByLabel(label);
    TokenKey key =
        before.isPresent() ? before.get() : token.generate(freshId(), label, command.suite());
    if (key.suite() != command.suite()) {
      throw new Refused(
          Refusal.KEY_DIFFERS,
          "the key made for this command is of suite %s, not %s"
              .formatted(key.suite(), command.suite()));
    }
    byte[] statement =
        Statements.possessionOfKey(house, command.command(), slot, key.id(), key.publicKey());
    byte[] possession = token.sign(key.id(), key.publicKey(), key.suite(), statement);
    return new KeyGenerated(
        command.command(), slot, key.id(), key.publicKey(), Bytes.of(possession));
  }

  private KeyId freshId() {
    byte[] id = new byte[KEY_ID_BYTES];
    random.nextBytes(id);
    return KeyId.of(id);
  }

  private CaCertificateSigned certify(SignCaCertificate command) throws Refused, TokenException {
    token.require(command.key(), command.publicKey(), command.suite());
    ToBeSigned draft = Drafts.ca(command);
    Rehearsal.of(draft, command);
    byte[] signature =
        token.sign(command.key(), command.publicKey(), command.suite(), draft.bytes().toArray());
    return new CaCertificateSigned(command.command(), slot, draft.complete(signature));
  }

  private CrlSigned list(SignCrl command) throws Refused, TokenException {
    Issuer issuer = Issuer.of(command.issuer(), command.suite());
    if (!issuer.publicKey().equals(command.publicKey())) {
      throw new Refused(Refusal.ISSUER_DIFFERS, "the issuer is not of the key that is to sign");
    }
    token.require(command.key(), command.publicKey(), command.suite());
    ToBeSigned draft = Drafts.crl(command, issuer);
    CrlRehearsal.of(draft, command, issuer);
    byte[] signature =
        token.sign(command.key(), command.publicKey(), command.suite(), draft.bytes().toArray());
    return new CrlSigned(command.command(), slot, draft.complete(signature));
  }

  private KeyGone destroy(DestroyKey command) throws Refused, TokenException {
    boolean wasThere = token.destroy(command.key(), command.publicKey());
    return new KeyGone(command.command(), slot, command.key(), wasThere);
  }
}
