package io.carousel.signer.token.pkcs11;

import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.token.TokenUnusable.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.Slot;
import org.xipki.pkcs11.wrapper.TokenInfo;

/** The slots of a module that hold a token, found by what tokens are called: slot ids change. */
record Slots(String module, List<Occupied> occupied) {

  private static final Logger LOG = LoggerFactory.getLogger(Slots.class);

  /** A slot and what its token says of itself. */
  record Occupied(Slot slot, TokenInfo token) {
    boolean is(String label, Optional<String> serial) {
      return token.isTokenInitialized()
          && token.getLabel().equals(label)
          && serial.map(token.getSerialNumber()::equals).orElse(true);
    }

    private String called() {
      return "'%s' (serial number %s)".formatted(token.getLabel(), token.getSerialNumber());
    }
  }

  /** What is there now. A slot that fails to tell is passed over: it need not be ours. */
  static Slots of(Cryptoki cryptoki) throws PKCS11Exception {
    List<Occupied> found = new ArrayList<>();
    for (Slot slot : cryptoki.module().getSlotList(true)) {
      try {
        found.add(new Occupied(slot, slot.getToken().getTokenInfo()));
      } catch (PKCS11Exception e) {
        LOG.debug("slot {} does not say what token it holds", slot.getSlotID(), e);
      }
    }
    return new Slots(cryptoki.toString(), List.copyOf(found));
  }

  /**
   * The one token of that label, and serial number if given.
   *
   * @throws TokenUnavailable if no token is present at all: an HSM that is away looks like that,
   *     and a label that is wrong does not
   */
  Occupied only(String label, Optional<String> serial) throws TokenUnavailable, TokenUnusable {
    if (initialised().isEmpty()) {
      throw new TokenUnavailable(
          ("module %s has no token at all, nor '%s'; connect the HSM, or initialise a token with "
                  + "that label")
              .formatted(module, label),
          null);
    }
    List<Occupied> fitting = occupied.stream().filter(o -> o.is(label, serial)).toList();
    if (fitting.isEmpty()) {
      throw new TokenUnusable(
          Fault.TOKEN_MISSING,
          "module %s has no token '%s'%s; correct the label; present are: %s"
              .formatted(
                  module,
                  label,
                  serial.map(s -> " with serial number " + s).orElse(""),
                  listed(initialised())));
    }
    if (fitting.size() > 1) {
      throw new TokenUnusable(
          Fault.TOKEN_AMBIGUOUS,
          "module %s has %d tokens '%s'; say which by its serial number: %s"
              .formatted(module, fitting.size(), label, listed(fitting)));
    }
    return fitting.getFirst();
  }

  private List<Occupied> initialised() {
    return occupied.stream().filter(o -> o.token().isTokenInitialized()).toList();
  }

  private static String listed(List<Occupied> some) {
    return some.stream().map(Occupied::called).sorted().collect(Collectors.joining(", "));
  }

  /** A token that has not been initialised, if any. */
  Optional<Occupied> blank() {
    return occupied.stream().filter(o -> !o.token().isTokenInitialized()).findFirst();
  }

  /** Whether a token of that label is there. */
  boolean has(String label) {
    return occupied.stream().anyMatch(o -> o.is(label, Optional.empty()));
  }
}
