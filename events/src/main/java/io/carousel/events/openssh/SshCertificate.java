package io.carousel.events.openssh;

import io.carousel.events.Bytes;
import io.carousel.events.Identifier;

/** A signed certificate (PROTOCOL.certkeys). Compares by its bytes. */
public final class SshCertificate {
  private final SshCertificateDraft content;
  private final Bytes signed;
  private final SshSignature signature;
  private final Bytes blob;

  SshCertificate(SshCertificateDraft content, Bytes signed, SshSignature signature) {
    this.content = content;
    this.signed = signed;
    this.signature = signature;
    this.blob = new SshOutput().raw(signed.toArray()).string(signature.blob()).bytes();
  }

  /**
   * The certificate of that blob. Whether the signature holds is not asked here: {@link #verifies}
   * tells.
   *
   * @throws UnreadableSsh if it is none, or none that {@link SshCertificateDraft} would allow: an
   *     option out of order, no principals, no end, a signature by SHA-1, a byte too many
   */
  public static SshCertificate read(Bytes blob) {
    return CertificateBlob.read(blob);
  }

  /**
   * The certificate of a line: type, base64, and maybe a comment, which is not kept.
   *
   * @throws UnreadableSsh if there is none
   */
  public static SshCertificate ofLine(String line) {
    return read(SshLine.read(line).blob());
  }

  /** All that it says. */
  public SshCertificateDraft content() {
    return content;
  }

  /** The bytes under the signature. */
  public Bytes toBeSigned() {
    return signed;
  }

  /** Whether the signature is that of {@link SshCertificateDraft#signatureKey}. */
  public boolean verifies() {
    return signature.verifies(content.signatureKey().key(), signed);
  }

  /** The name by which the signature's algorithm is known, as {@code rsa-sha2-256}. */
  public String signatureAlgorithm() {
    return signature.algorithm().wire();
  }

  /** All its bytes. */
  public Bytes blob() {
    return blob;
  }

  /** Type and base64, without comment or end of line: what a file {@code KEY-cert.pub} holds. */
  public String line() {
    return SshKeyType.of(content.key().key()).certificateName() + " " + blob.base64();
  }

  /**
   * Type, base64 and a comment for people.
   *
   * @throws IllegalArgumentException if {@link SshPublicKey#line(String)} would not take it
   */
  public String line(String comment) {
    Texts.check("comment", comment, SshPublicKey.COMMENT_LIMIT);
    return line() + " " + comment;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SshCertificate c && blob.equals(c.blob);
  }

  @Override
  public int hashCode() {
    return blob.hashCode();
  }

  @Override
  public String toString() {
    return "%s certificate %s %s"
        .formatted(content.kind().wire(), content.serial(), Identifier.printable(content.keyId()));
  }
}
