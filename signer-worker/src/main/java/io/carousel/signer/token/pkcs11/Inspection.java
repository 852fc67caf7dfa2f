package io.carousel.signer.token.pkcs11;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.codeToName;

import iaik.pkcs.pkcs11.wrapper.CK_INFO;
import iaik.pkcs.pkcs11.wrapper.CK_VERSION;
import io.carousel.signer.token.TokenInfo;
import io.carousel.signer.token.TokenReport;
import io.carousel.signer.token.TokenReport.Versions;
import java.util.Set;
import java.util.TreeSet;
import org.xipki.pkcs11.wrapper.PKCS11Constants.Category;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.PKCS11Module;
import org.xipki.pkcs11.wrapper.Session;

/** Asks library, device and token what they say of themselves. */
final class Inspection {
  private final Slots.Occupied slot;
  private final CK_INFO library;

  private Inspection(Slots.Occupied slot, CK_INFO library) {
    this.slot = slot;
    this.library = library;
  }

  static Inspection of(Slots.Occupied slot) throws PKCS11Exception {
    PKCS11Module wrapper = slot.slot().getModule();
    try {
      return new Inspection(slot, wrapper.getPKCS11Module().C_GetInfo());
    } catch (iaik.pkcs.pkcs11.wrapper.PKCS11Exception e) {
      throw wrapper.convertException(e);
    }
  }

  TokenInfo info() {
    return new TokenInfo(
        slot.token().getLabel(),
        slot.token().getSerialNumber(),
        slot.token().getManufacturerID(),
        slot.token().getModel(),
        "%s %s".formatted(text(library.libraryDescription), text(library.libraryVersion)));
  }

  private Versions versions(org.xipki.pkcs11.wrapper.TokenInfo now) {
    return new Versions(
        text(library.cryptokiVersion),
        text(library.manufacturerID),
        text(library.libraryDescription),
        text(library.libraryVersion),
        now.getHardwareVersion().toString(),
        now.getFirmwareVersion().toString());
  }

  /** All of it, as that session sees it now. */
  TokenReport report(Session session) throws PKCS11Exception {
    org.xipki.pkcs11.wrapper.TokenInfo now = slot.slot().getToken().getTokenInfo();
    TokenObjects.Contents contents = new TokenObjects(session).contents();
    return new TokenReport(
        info(),
        versions(now),
        names(Category.CKF_TOKEN, now.getFlags()),
        Mechanisms.described(slot.slot()),
        Mechanisms.suites(slot.slot()),
        contents.pairs().stream()
            .map(pair -> new TokenReport.Key(pair.key(), pair.denied()))
            .toList(),
        contents.strays());
  }

  /** The names of the bits that are set; those without a name by their value. */
  static Set<String> names(Category category, long flags) {
    Set<String> names = new TreeSet<>();
    for (long rest = flags; rest != 0; rest &= rest - 1) {
      names.add(codeToName(category, Long.lowestOneBit(rest)));
    }
    return names;
  }

  private static String text(char[] padded) {
    return new String(padded).strip();
  }

  private static String text(CK_VERSION version) {
    return "%d.%d".formatted(version.major & 0xff, version.minor & 0xff);
  }
}
