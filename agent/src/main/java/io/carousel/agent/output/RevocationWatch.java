package io.carousel.agent.output;

import io.carousel.agent.HouseException;
import io.carousel.agent.Material;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Published;
import io.carousel.agent.Revocation;
import io.carousel.agent.SshCredential;
import io.carousel.agent.Trust;
import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.Crls;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.Serial;
import io.carousel.events.openssh.Krl;
import io.carousel.events.openssh.UnreadableSsh;
import java.security.cert.CRLException;
import java.security.cert.X509CRLEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for a participant's own credentials in what their authority publishes of those that are
 * revoked. What was revoked once stays so, also while nothing can be fetched. One thread.
 */
final class RevocationWatch {
  private static final Logger LOG = LoggerFactory.getLogger(RevocationWatch.class);

  private final AuthorityName authority;
  private final Published published;
  private final Map<Serial, Revocation> known = new HashMap<>();

  RevocationWatch(AuthorityName authority, Published published) {
    this.authority = authority;
    this.published = published;
  }

  /** Of the credentials in there those that are known to be revoked. */
  List<Revocation> revoked(Material material) throws InterruptedException {
    Set<Serial> held =
        material.credentials().stream().map(OwnCredential::serial).collect(Collectors.toSet());
    known.keySet().retainAll(held);
    look(material, Format.X509);
    look(material, Format.SSH);
    return List.copyOf(known.values());
  }

  private void look(Material material, Format format) throws InterruptedException {
    List<OwnCredential> open =
        material.credentials().stream()
            .filter(own -> own.format() == format && !known.containsKey(own.serial()))
            .toList();
    if (open.isEmpty()) {
      return;
    }
    try {
      byte[] list = published.companion(authority, format);
      if (format == Format.X509) {
        Crls crls = Crls.read(list);
        open.forEach(
            own -> find(crls, material.trust(), (X509Credential) own).ifPresent(this::add));
      } else {
        Krl krl = Krl.read(Bytes.of(list));
        open.forEach(own -> find(krl, (SshCredential) own).ifPresent(this::add));
      }
    } catch (HouseException | CRLException | UnreadableSsh e) {
      LOG.debug("whether credentials of '{}' are revoked cannot be seen by now", authority, e);
    }
  }

  private void add(Revocation revocation) {
    known.put(revocation.serial(), revocation);
  }

  /** By a CRL that the certificate's own issuer has signed. */
  private static Optional<Revocation> find(Crls crls, Trust trust, X509Credential own) {
    return trust
        .issuerOf(own.certificate())
        .flatMap(issuer -> crls.entry(own.certificate(), issuer.certificate()))
        .map(entry ->
            new Revocation(
                own.serial(), Optional.of(entry.getRevocationDate().toInstant()), cause(entry)));
  }

  private static Optional<String> cause(X509CRLEntry entry) {
    return Optional.ofNullable(entry.getRevocationReason())
        .map(reason -> reason.name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  private static Optional<Revocation> find(Krl krl, SshCredential own) {
    return krl.revokes(own.certificate())
        ? Optional.of(new Revocation(own.serial(), Optional.empty(), Optional.empty()))
        : Optional.empty();
  }
}
