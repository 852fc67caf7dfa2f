package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.signer.Asked;
import io.carousel.signer.Ordered;
import io.carousel.signer.TestLog;
import io.carousel.signer.token.Token;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.Verification;
import io.carousel.signer.work.KeyWork;
import io.carousel.signer.work.LeafWork;
import io.carousel.signer.work.Tally;
import java.time.InstantSource;
import java.util.List;

/** Both kinds of work on one token, for tests that judge what comes of them. */
public final class Desks {
  public static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  public static final SlotName SLOT = new SlotName("hsm-a");

  private final KeyWork keys;
  private final LeafWork leaves;

  /** On that token. */
  public Desks(Token token) {
    keys = new KeyWork(HOUSE, SLOT, token, Limits.DEFAULT, Ordered.ALL, InstantSource.system());
    leaves =
        new LeafWork(
            HOUSE,
            SLOT,
            token,
            Limits.DEFAULT,
            Verification.ALL,
            TestLog.opened(HOUSE),
            InstantSource.system(),
            new Tally());
  }

  /** A key and who asked for it. */
  public record Made(GenerateKey asked, KeyGenerated key) {}

  /** A CA and who asked for it. */
  public record Ca(SignCaCertificate asked, CaCertificateSigned signed) {
    public Bytes certificate() {
      return signed.certificate();
    }

    /** To sign that CRL. */
    public SignCrl crl(long number, List<CrlDraft.Entry> revoked) {
      return Asked.crl(asked, signed, number, revoked);
    }
  }

  /** A new key. */
  public Made key(Format format, Suite suite) throws Exception {
    GenerateKey asked = Asked.key(SLOT, format, suite);
    return new Made(asked, (KeyGenerated) keys.carryOut(asked));
  }

  /** A new CA. */
  public Ca ca(Suite suite) throws Exception {
    Made made = key(Format.X509, suite);
    SignCaCertificate asked = Asked.ca(made.asked(), made.key());
    return new Ca(asked, (CaCertificateSigned) keys.carryOut(asked));
  }

  /** What comes of it. */
  public LeafSigned sign(LeafCommand asked) throws Exception {
    return (LeafSigned) answer(asked);
  }

  /** What is said to it. */
  public LeafResult answer(LeafCommand asked) throws Exception {
    return leaves.carryOut(asked);
  }

  /** The CRL. */
  public Bytes sign(SignCrl asked) throws Exception {
    return ((CrlSigned) keys.carryOut(asked)).crl();
  }
}
