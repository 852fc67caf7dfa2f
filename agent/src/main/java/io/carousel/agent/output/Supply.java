package io.carousel.agent.output;

import io.carousel.agent.Material;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.SshCredential;
import io.carousel.agent.Trust;
import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.Certificates;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.openssh.SshPublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What one output is to hold, of an authority's material: no more than its roles need.
 *
 * @param trust all of it, for the description
 * @param credentials none if the output presents nothing, or there is none yet
 * @param verifies whether it holds trust anchors, and what is revoked
 */
record Supply(
    ParticipantName owner,
    Trust trust,
    Format format,
    List<OwnCredential> credentials,
    boolean verifies,
    Companions companions) {

  static Supply of(Material material, Companions companions, OutputSettings output) {
    return new Supply(
        material.owner(),
        material.trust(),
        output.format(),
        material.credentials().stream().filter(output::shows).toList(),
        output.verifies(),
        output.verifies() ? companions.of(output.format()) : Companions.NONE);
  }

  /** What it shows by X.509. */
  Optional<X509Credential> x509() {
    return material().x509();
  }

  private Material material() {
    return new Material(owner, trust, credentials);
  }

  /** Where paths may end: the external root if that is trusted, else the CAs; empty if none. */
  List<X509Certificate> anchors() {
    if (!verifies || format != Format.X509) {
      return List.of();
    }
    return roots();
  }

  /** The same, whatever the format. */
  List<X509Certificate> roots() {
    return trust
        .root()
        .map(root -> List.of(root.certificate()))
        .orElseGet(() -> trust.anchors().stream().map(Trust.Anchor::certificate).toList());
  }

  /** The CAs above a credential, of which only those below a root are to be shown. */
  List<X509Certificate> chain(X509Credential own) {
    if (!own.above().isEmpty()) {
      return own.above();
    }
    return trust.issuerOf(own.certificate()).map(Trust.Anchor::certificate).stream().toList();
  }

  /** The keys that sign OpenSSH certificates; empty if it verifies none. */
  List<SshPublicKey> sshKeys() {
    return verifies && format == Format.SSH ? trust.sshKeys() : List.of();
  }

  /** The same for sets with the same content, whatever else their bundles say. */
  Digest contents() {
    var text = new StringBuilder();
    for (OwnCredential credential : credentials) {
      switch (credential) {
        case X509Credential x509 ->
            x509.chain().forEach(c -> text.append(Certificates.digest(c)).append('\n'));
        case SshCredential ssh -> text.append(ssh.certificate().blob().digest()).append('\n');
      }
    }
    (format == Format.JWT ? roots() : anchors())
        .forEach(c -> text.append(Certificates.digest(c)).append('\n'));
    sshKeys().forEach(key -> text.append(key.line()).append('\n'));
    text.append(verifies).append(companions.digest());
    return Digest.of(text.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }
}
