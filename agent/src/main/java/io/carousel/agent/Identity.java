package io.carousel.agent;

import io.carousel.events.Bytes;
import io.carousel.events.ParticipantName;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.AuthorKeyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;

/**
 * Who a participant is to the house: a name and an Ed25519 key, separate from the credentials that
 * it shows to others.
 */
public final class Identity {
  private final ParticipantName name;
  private final KeyPair key;

  /** That participant, with that Ed25519 key pair. */
  public Identity(ParticipantName name, KeyPair key) {
    this.name = name;
    this.key = key;
  }

  /** With a new key that lives as long as this process. */
  public static Identity create(ParticipantName name) {
    return new Identity(name, Author.newKey());
  }

  /**
   * With the key in a file of mode 0600, made now if there is none.
   *
   * @throws IOException if the file cannot be read or written, or others can read it
   */
  public static Identity readOrCreate(ParticipantName name, Path file) throws IOException {
    return new Identity(name, AuthorKeyFile.readOrCreate(file));
  }

  /** Its name. */
  public ParticipantName name() {
    return name;
  }

  /** What it is enrolled with: SubjectPublicKeyInfo (RFC 8410, section 4). */
  public Bytes publicKey() {
    return Bytes.of(key.getPublic().getEncoded());
  }

  /** Its Ed25519 signature (RFC 8032, section 5.1) over a statement. */
  public Bytes sign(byte[] statement) {
    try {
      Signature ed = Signature.getInstance("Ed25519");
      ed.initSign(key.getPrivate());
      ed.update(statement);
      return Bytes.of(ed.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the identity key of '%s' cannot sign".formatted(name), e);
    }
  }
}
