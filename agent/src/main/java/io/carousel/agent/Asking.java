package io.carousel.agent;

import io.carousel.agent.certificate.CertificationRequest;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Format;
import io.carousel.events.Statements;
import io.carousel.events.openssh.SshPublicKey;
import java.security.KeyPair;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** How a participant asks for credentials of one authority. */
record Asking(Identity identity, AuthorityName authority, House house, InstantSource clock) {

  /** A request for a credential of that use and key, under all names that it may hold. */
  CredentialRequest request(Use use, KeyPair key) throws HouseException, InterruptedException {
    Bytes subject = subject(use.format(), key);
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    byte[] statement =
        Statements.credentialRequest(
            house.id(),
            identity.name(),
            authority,
            use.format(),
            use.profile(),
            subject,
            List.of(),
            now);
    return new CredentialRequest(
        identity.name(),
        authority,
        use.format(),
        use.profile(),
        subject,
        List.of(),
        now,
        identity.sign(statement));
  }

  private Bytes subject(Format format, KeyPair key) {
    Bytes spki = Bytes.of(key.getPublic().getEncoded());
    return switch (format) {
      case X509 -> CertificationRequest.of(identity.name(), key);
      case SSH -> SshPublicKey.of(spki).blob();
      case JWT -> spki;
    };
  }
}
