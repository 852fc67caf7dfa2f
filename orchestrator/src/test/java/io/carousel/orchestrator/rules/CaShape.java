package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * How a CA certificate looks beyond its draft: what a worker might get wrong.
 *
 * @param issuer empty: as the subject
 * @param algorithm of the signature, by its Java name; empty: that of the suite
 * @param constraints empty: none
 * @param usage bits of the key usage
 * @param keyIdentifier empty: that of the key
 * @param extra further extensions
 */
record CaShape(
    Optional<String> issuer,
    Optional<String> algorithm,
    Optional<BasicConstraints> constraints,
    boolean constraintsCritical,
    int usage,
    boolean identified,
    Optional<byte[]> keyIdentifier,
    List<Part> extra) {
  /** As it should be. */
  static final CaShape RIGHT =
      new CaShape(
          Optional.empty(),
          Optional.empty(),
          Optional.of(new BasicConstraints(0)),
          true,
          KeyUsage.keyCertSign | KeyUsage.cRLSign,
          true,
          Optional.empty(),
          List.of());

  /** One extension. */
  record Part(String oid, boolean critical, ASN1Encodable value) {}

  CaShape issuedBy(String other) {
    return new CaShape(
        Optional.of(other),
        algorithm,
        constraints,
        constraintsCritical,
        usage,
        identified,
        keyIdentifier,
        extra);
  }

  CaShape signedWith(String other) {
    return new CaShape(
        issuer,
        Optional.of(other),
        constraints,
        constraintsCritical,
        usage,
        identified,
        keyIdentifier,
        extra);
  }

  CaShape constrained(Optional<BasicConstraints> other, boolean critical) {
    return new CaShape(issuer, algorithm, other, critical, usage, identified, keyIdentifier, extra);
  }

  CaShape using(int bits) {
    return new CaShape(
        issuer,
        algorithm,
        constraints,
        constraintsCritical,
        bits,
        identified,
        keyIdentifier,
        extra);
  }

  CaShape unidentified() {
    return new CaShape(
        issuer, algorithm, constraints, constraintsCritical, usage, false, keyIdentifier, extra);
  }

  CaShape identifiedBy(byte[] other) {
    return new CaShape(
        issuer,
        algorithm,
        constraints,
        constraintsCritical,
        usage,
        true,
        Optional.of(other),
        extra);
  }

  CaShape with(Part more) {
    return new CaShape(
        issuer,
        algorithm,
        constraints,
        constraintsCritical,
        usage,
        identified,
        keyIdentifier,
        List.of(more));
  }

  List<Part> parts(KeyPair subject) {
    var parts = new ArrayList<Part>();
    constraints.ifPresent(
        c -> parts.add(new Part(Extension.basicConstraints.getId(), constraintsCritical, c)));
    parts.add(new Part(Extension.keyUsage.getId(), true, new KeyUsage(usage)));
    if (identified) {
      byte[] id = keyIdentifier.orElseGet(() -> ofKey(subject));
      parts.add(
          new Part(Extension.subjectKeyIdentifier.getId(), false, new SubjectKeyIdentifier(id)));
    }
    parts.addAll(extra);
    return parts;
  }

  /** RFC 7093, section 2, method 1. */
  private static byte[] ofKey(KeyPair subject) {
    var key = SubjectPublicKeyInfo.getInstance(subject.getPublic().getEncoded());
    byte[] digest = Bytes.of(key.getPublicKeyData().getOctets()).digest().bytes();
    return Arrays.copyOf(digest, 20);
  }
}
