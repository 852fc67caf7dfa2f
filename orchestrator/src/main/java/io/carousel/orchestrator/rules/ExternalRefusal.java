package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import java.util.List;

/** What is not done with an external root and what it signs, and why. */
public sealed interface ExternalRefusal extends Refusal {
  /** A certificate that is no root of ours. */
  record RootUnfit(String why) implements ExternalRefusal {
    @Override
    public String message() {
      return "the external root cannot be used: %s; give the certificate of the CA that will sign the requests"
          .formatted(why);
    }
  }

  /** Only X.509 knows CAs above CAs. */
  record RootUseless(AuthorityName authority) implements ExternalRefusal {
    @Override
    public String message() {
      return "authority '%s' would sign no X.509, and only that knows a root above it; add format x509, or leave the root out"
          .formatted(authority);
    }
  }

  /** Its keys sign their own certificates. */
  record NoExternalRoot(AuthorityName authority) implements ExternalRefusal {
    @Override
    public String message() {
      return "authority '%s' has no external root: its keys sign their own certificates; a root is given once, with 'carousel authority create NAME --root FILE'"
          .formatted(authority);
    }
  }

  /** A request that is not what was asked for. */
  record RequestWrong(CommandId command, String why) implements ExternalRefusal {
    @Override
    public String message() {
      return "the certification request for command %s is not what was asked for: %s"
          .formatted(command, why);
    }
  }

  /** No key waits for a certificate. */
  record NoCertificateAwaited(AuthorityName authority) implements ExternalRefusal {
    @Override
    public String message() {
      return "no key of authority '%s' waits for a certificate of its external root; see 'carousel authority show %s'"
          .formatted(authority, authority);
    }
  }

  /** The first keys wait for their certificates. */
  record CertificatesAwaited(AuthorityName authority, List<String> awaited)
      implements ExternalRefusal {
    @Override
    public String message() {
      return "authority '%s' is still being created; it waits for %s"
          .formatted(authority, Refusal.few(awaited));
    }
  }

  /**
   * A certificate that must not become a key's.
   *
   * @param detail in words, with what was found
   */
  record CertificateUnfit(AuthorityName authority, CertificateFlaw flaw, String detail)
      implements ExternalRefusal {
    @Override
    public String message() {
      return "the certificate was not imported: %s; have the external root sign the request of 'carousel authority csr %s' anew"
          .formatted(detail, authority);
    }
  }

  /** Verifiers read no CRL of the root. */
  record RootCrlUseless(AuthorityName authority) implements ExternalRefusal {
    @Override
    public String message() {
      return "verifiers of authority '%s' pin its CA certificates and do not trust the root, so they need no CRL of it"
          .formatted(authority);
    }
  }

  /** A CRL that must not be handed on. */
  record RootCrlUnfit(AuthorityName authority, String why) implements ExternalRefusal {
    @Override
    public String message() {
      return "the CRL was not imported for authority '%s': %s; bring the newest one that its external root published"
          .formatted(authority, why);
    }
  }

  /** It would take away trust in what is in use. */
  record RootCrlTooEarly(AuthorityName authority, List<Integer> generations)
      implements ExternalRefusal {
    @Override
    public String message() {
      return "the CRL revokes generation %s of authority '%s', which is still in use: verifiers that hold it would refuse its credentials; finish the rotation first, then import it"
          .formatted(Refusal.few(generations), authority);
    }
  }
}
