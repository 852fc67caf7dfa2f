package io.carousel.agent;

import io.carousel.events.ParticipantName;
import java.util.List;
import java.util.Optional;

/**
 * What a participant works with for one authority: whom it trusts and what it shows. One value, so
 * that a key is never used with another key's certificate.
 *
 * <p>Nothing here says that the two belong together: what comes from the house is checked by {@link
 * Admission} first, and whoever builds a value by hand can build a wrong one.
 *
 * @param credentials one for each use; none if it only verifies, or has none yet
 */
public record Material(ParticipantName owner, Trust trust, List<OwnCredential> credentials) {
  /** Copies. */
  public Material {
    credentials = List.copyOf(credentials);
  }

  /** With one X.509 credential, or none. */
  public Material(ParticipantName owner, Trust trust, Optional<X509Credential> x509) {
    this(owner, trust, x509.map(List::<OwnCredential>of).orElse(List.of()));
  }

  /** What it shows by X.509. */
  public Optional<X509Credential> x509() {
    return credentials.stream()
        .filter(X509Credential.class::isInstance)
        .map(X509Credential.class::cast)
        .findFirst();
  }

  /** What it shows for that use. */
  public Optional<OwnCredential> credential(Use use) {
    return credentials.stream().filter(own -> own.use().equals(use)).findFirst();
  }
}
