package io.carousel.agent.output;

import io.carousel.agent.Material;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Trust;
import io.carousel.agent.certificate.Certificates;
import io.carousel.agent.certificate.Crls;
import io.carousel.events.Digest;
import io.carousel.events.ParticipantName;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one output is to hold, of an authority's material: no more than its roles need.
 *
 * @param trust all of it, for the description
 * @param credential empty if the output presents nothing, or there is none yet
 * @param verifies whether it holds trust anchors and CRLs
 */
record Supply(
    ParticipantName owner,
    Trust trust,
    Optional<OwnCredential> credential,
    boolean verifies,
    Crls crls) {

  static Supply of(Material material, Crls crls, OutputSettings output) {
    return new Supply(
        material.owner(),
        material.trust(),
        material.credential().filter(_ -> output.presents()),
        output.verifies(),
        output.verifies() ? crls : Crls.NONE);
  }

  /** Where paths may end: the external root if that is trusted, else the CAs; empty if none. */
  List<X509Certificate> anchors() {
    if (!verifies) {
      return List.of();
    }
    return trust
        .root()
        .map(root -> List.of(root.certificate()))
        .orElseGet(() -> trust.anchors().stream().map(Trust.Anchor::certificate).toList());
  }

  /** The CAs above a credential, of which only those below a root are to be shown. */
  List<X509Certificate> chain(OwnCredential own) {
    if (!own.above().isEmpty()) {
      return own.above();
    }
    return trust.issuerOf(own.certificate()).map(Trust.Anchor::certificate).stream().toList();
  }

  /** The same for sets with the same content, whatever else their bundles say. */
  Digest contents() {
    var text = new StringBuilder();
    Stream.concat(credential.stream().flatMap(own -> own.chain().stream()), anchors().stream())
        .map(Certificates::digest)
        .forEach(digest -> text.append(digest).append('\n'));
    text.append(verifies).append(crls.digest());
    return Digest.of(text.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }
}
