package io.carousel.signer.trust;

import io.carousel.events.Canary;
import io.carousel.events.LeafOrder;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SpiffeId;
import io.carousel.events.SubjectName;
import io.carousel.events.SubjectName.Kind;
import io.carousel.events.Suite;
import io.carousel.events.TrustDomain;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.util.List;
import java.util.Optional;

/**
 * Whether a credential fits the trust domain that the log gives its authority: where there is one,
 * certificates and tokens are SVIDs (X509-SVID, section 2; JWT-SVID, sections 2.1 and 3.1); where
 * there is none, nothing speaks of SPIFFE.
 */
public final class SvidCheck {
  private SvidCheck() {}

  /**
   * Passes what fits.
   *
   * @param domain of the command's authority
   * @throws Refused saying what does not fit
   */
  public static void check(LeafCommand command, Optional<TrustDomain> domain) throws Refused {
    switch (command) {
      case SignLeaf c -> certificate(c, domain);
      case SignToken c -> token(c, domain);
      case SignSshCertificate _ -> {}
    }
  }

  private static void certificate(SignLeaf command, Optional<TrustDomain> domain) throws Refused {
    List<SubjectName> uris = command.names().stream().filter(n -> n.kind() == Kind.URI).toList();
    if (domain.isEmpty()) {
      if (uris.stream().anyMatch(SubjectName::isSpiffe)) {
        throw nothingToDoWithSpiffe(command);
      }
      return;
    }
    if (uris.size() != 1 || !uris.getFirst().isSpiffe()) {
      throw new Refused(
          Refusal.BAD_CONTENT,
          "authority '%s' issues SVIDs, which have exactly one URI, the SPIFFE ID; the command has %s"
              .formatted(command.authority(), uris));
    }
    own(command.order(), new SpiffeId(uris.getFirst().text()), domain.get());
  }

  private static void token(SignToken command, Optional<TrustDomain> domain) throws Refused {
    if (domain.isEmpty()) {
      if (command.spiffe().isPresent()) {
        throw nothingToDoWithSpiffe(command);
      }
      return;
    }
    SpiffeId id =
        command
            .spiffe()
            .orElseThrow(() ->
                new Refused(
                    Refusal.BAD_CONTENT,
                    "authority '%s' issues SVIDs, and the command has no SPIFFE ID"
                        .formatted(command.authority())));
    own(command.order(), id, domain.get());
    if (command.order().suite() == Suite.ED25519) {
      throw new Refused(
          Refusal.BAD_CONTENT, "no JWT-SVID is signed with Ed25519 (JWT-SVID, section 2.1)");
    }
  }

  private static void own(LeafOrder order, SpiffeId id, TrustDomain domain) throws Refused {
    if (!id.domain().equals(domain)) {
      throw new Refused(
          Refusal.NAME_NOT_ALLOWED,
          "'%s' is not of the trust domain '%s' of authority '%s'"
              .formatted(id, domain, order.authority()));
    }
    SpiffeId canary = Canary.spiffe(domain, order.authority(), order.participant());
    if (order.profile().isCanary() ? !id.equals(canary) : Canary.reserves(id)) {
      throw new Refused(
          Refusal.NAME_NOT_ALLOWED,
          order.profile().isCanary()
              ? "a canary's SPIFFE ID is '%s', not '%s'".formatted(canary, id)
              : "'%s' is kept for canaries".formatted(id));
    }
  }

  private static Refused nothingToDoWithSpiffe(LeafCommand command) {
    return new Refused(
        Refusal.NAME_NOT_ALLOWED,
        "authority '%s' has no SPIFFE trust domain, and issues no SVIDs"
            .formatted(command.authority()));
  }
}
