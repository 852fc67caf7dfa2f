package io.carousel.signer.token.pkcs11;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import iaik.pkcs.pkcs11.wrapper.CK_MECHANISM_INFO;
import iaik.pkcs.pkcs11.wrapper.PKCS11;
import io.carousel.events.Suite;
import io.carousel.signer.token.TokenReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.Slot;

/** Which suites a token can do, by its mechanism list. */
final class Mechanisms {
  private final Slot slot;
  private final Set<Long> listed = new HashSet<>();

  private Mechanisms(Slot slot) throws iaik.pkcs.pkcs11.wrapper.PKCS11Exception {
    this.slot = slot;
    // not the wrapper's own list, which is empty when the token fails to answer
    Arrays.stream(raw().C_GetMechanismList(slot.getSlotID())).forEach(listed::add);
  }

  static Set<Suite> suites(Slot slot) throws PKCS11Exception {
    try {
      Mechanisms mechanisms = new Mechanisms(slot);
      Set<Suite> suites = EnumSet.noneOf(Suite.class);
      for (Suite suite : Suite.values()) {
        if (mechanisms.cover(suite)) {
          suites.add(suite);
        }
      }
      return suites;
    } catch (iaik.pkcs.pkcs11.wrapper.PKCS11Exception e) {
      throw slot.getModule().convertException(e);
    }
  }

  /** Those that suites rest on, as the token describes them. */
  static List<TokenReport.Mechanism> described(Slot slot) throws PKCS11Exception {
    try {
      Mechanisms mechanisms = new Mechanisms(slot);
      List<TokenReport.Mechanism> described = new ArrayList<>();
      for (Algorithm algorithm : Algorithm.values()) {
        for (long code : new long[] {algorithm.generation(), algorithm.signing()}) {
          if (mechanisms.listed.contains(code)) {
            described.add(mechanisms.describe(code));
          }
        }
      }
      described.sort(Comparator.comparing(TokenReport.Mechanism::name));
      return described;
    } catch (iaik.pkcs.pkcs11.wrapper.PKCS11Exception e) {
      throw slot.getModule().convertException(e);
    }
  }

  private TokenReport.Mechanism describe(long code)
      throws iaik.pkcs.pkcs11.wrapper.PKCS11Exception {
    CK_MECHANISM_INFO info = raw().C_GetMechanismInfo(slot.getSlotID(), code);
    return new TokenReport.Mechanism(
        codeToName(Category.CKM, code),
        info.ulMinKeySize,
        info.ulMaxKeySize,
        Inspection.names(Category.CKF_MECHANISM, info.flags));
  }

  private boolean cover(Suite suite) throws iaik.pkcs.pkcs11.wrapper.PKCS11Exception {
    Algorithm algorithm = Algorithm.of(suite);
    return can(algorithm.generation(), CKF_GENERATE_KEY_PAIR, suite)
        && can(algorithm.signing(), CKF_SIGN, suite);
  }

  private boolean can(long mechanism, long flag, Suite suite)
      throws iaik.pkcs.pkcs11.wrapper.PKCS11Exception {
    if (!listed.contains(mechanism)) {
      return false;
    }
    CK_MECHANISM_INFO info = raw().C_GetMechanismInfo(slot.getSlotID(), mechanism);
    // modules disagree on the size of an Edwards key (255 or 256), so it is not compared
    boolean sizeFits =
        suite.family() == Suite.Family.ED25519
            || info.ulMaxKeySize == 0
            || (info.ulMinKeySize <= suite.bits() && suite.bits() <= info.ulMaxKeySize);
    return (info.flags & flag) != 0 && sizeFits;
  }

  private PKCS11 raw() {
    return slot.getModule().getPKCS11Module();
  }
}
