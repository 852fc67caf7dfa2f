package io.carousel.events.openssh;

import io.carousel.events.Bytes;
import io.carousel.events.SubjectPublicKey;
import java.util.Arrays;
import java.util.Base64;

/** A public key in the formats of OpenSSH (RFC 4253, section 6.6; RFC 5656; RFC 8709). */
public record SshPublicKey(SubjectPublicKey key) implements Comparable<SshPublicKey> {
  /** No comment that people read is longer; in characters. */
  public static final int COMMENT_LIMIT = 255;

  /**
   * The key of a SubjectPublicKeyInfo in DER.
   *
   * @throws io.carousel.events.UnreadableDer if it is none of RSA, P-256, P-384 or Ed25519
   */
  public static SshPublicKey of(Bytes spki) {
    return new SshPublicKey(SubjectPublicKey.of(spki));
  }

  /**
   * The key of that blob, as a KRL or a signature holds it.
   *
   * @throws UnreadableSsh if it is none: an unknown type, a number that is not as short as can be,
   *     a point not on the curve, a byte too many or too few
   */
  public static SshPublicKey ofBlob(Bytes blob) {
    return new SshPublicKey(KeyBlobs.read(blob));
  }

  /**
   * The key of a line: type, base64, and maybe a comment, which is not kept.
   *
   * @throws UnreadableSsh if it is none, or has options before the type
   */
  public static SshPublicKey ofLine(String line) {
    return ofBlob(SshLine.read(line).blob());
  }

  /** As SubjectPublicKeyInfo in DER. */
  public Bytes spki() {
    return key.spki();
  }

  /** The name of its format, as {@code ssh-ed25519}. */
  public String type() {
    return SshKeyType.of(key).keyName();
  }

  /** The format's name and its fields. */
  public Bytes blob() {
    var out = new SshOutput().string(type());
    writeFields(out);
    return out.bytes();
  }

  /** Type and base64, without comment or end of line. */
  public String line() {
    return type() + " " + blob().base64();
  }

  /**
   * Type, base64 and a comment for people.
   *
   * @throws IllegalArgumentException if the comment is empty, longer than {@link #COMMENT_LIMIT} or
   *     more than printable ASCII
   */
  public String line(String comment) {
    Texts.check("comment", comment, COMMENT_LIMIT);
    return line() + " " + comment;
  }

  /** As OpenSSH shows it: {@code SHA256:} and the digest of the blob in base64 without padding. */
  public String fingerprint() {
    return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(blob().digest().bytes());
  }

  /** By the bytes of the blob, taken as unsigned. */
  @Override
  public int compareTo(SshPublicKey other) {
    return Arrays.compareUnsigned(blob().toArray(), other.blob().toArray());
  }

  /** What stands after the type, in a key as in a certificate of it. */
  void writeFields(SshOutput out) {
    SshKeyType type = SshKeyType.of(key);
    switch (key) {
      case SubjectPublicKey.Rsa rsa -> out.mpint(rsa.exponent()).mpint(rsa.modulus());
      case SubjectPublicKey.Ec ec -> out.string(type.curveName()).string(ec.point());
      case SubjectPublicKey.Ed25519 ed -> out.string(ed.point());
    }
  }
}
