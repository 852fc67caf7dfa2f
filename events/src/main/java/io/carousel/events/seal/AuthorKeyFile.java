package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * An author's key in a file of mode 0600: two PEM blocks (RFC 7468), PKCS#8 private key and
 * SubjectPublicKeyInfo.
 */
public final class AuthorKeyFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  /** In bytes; a key file has about 250. */
  private static final int LONGEST = 16 * 1024;

  private AuthorKeyFile() {}

  /**
   * Reads it, or makes a new key and writes it.
   *
   * @throws IOException if it cannot be read or written, or others can read it
   */
  public static KeyPair readOrCreate(Path file) throws IOException {
    if (!Files.exists(file)) {
      try {
        create(file, Author.newKey());
      } catch (FileAlreadyExistsException e) {
        return read(file);
      }
    }
    return read(file);
  }

  /**
   * Reads it.
   *
   * @throws IOException if it cannot be read, others can read it, or it holds no such key
   */
  public static KeyPair read(Path file) throws IOException {
    Set<PosixFilePermission> modes;
    try {
      modes = Files.getPosixFilePermissions(file);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "there is no author key %s; name the right file, or have one made".formatted(file), e);
    }
    if (!OWNER_ONLY.containsAll(modes)) {
      throw new IOException(
          "%s holds a private key and others can read it (mode %s); chmod 600 it, and replace the key if it was exposed"
              .formatted(file, PosixFilePermissions.toString(modes)));
    }
    if (Files.size(file) > LONGEST) {
      throw new IOException(file + " is no author key: it is too long");
    }
    String text = Files.readString(file, ISO_8859_1);
    try {
      KeyFactory factory = KeyFactory.getInstance("Ed25519");
      var pair =
          new KeyPair(
              factory.generatePublic(new X509EncodedKeySpec(block(file, text, "PUBLIC KEY"))),
              factory.generatePrivate(new PKCS8EncodedKeySpec(block(file, text, "PRIVATE KEY"))));
      checkPair(file, pair);
      return pair;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("%s holds no Ed25519 key pair".formatted(file), e);
    }
  }

  /** What one half signs the other must verify, else every record would look forged. */
  private static void checkPair(Path file, KeyPair pair)
      throws IOException, GeneralSecurityException {
    byte[] probe = "carousel-author-key-check\n".getBytes(US_ASCII);
    Signature ed = Signature.getInstance("Ed25519");
    ed.initSign(pair.getPrivate());
    ed.update(probe);
    if (!Authorship.verifies(Bytes.of(pair.getPublic().getEncoded()), probe, ed.sign())) {
      throw new IOException(
          "%s holds a private key and the public key of another; put back the file that was made"
              .formatted(file));
    }
  }

  private static void create(Path file, KeyPair pair) throws IOException {
    var text =
        pem("PRIVATE KEY", pair.getPrivate().getEncoded())
            + pem("PUBLIC KEY", pair.getPublic().getEncoded());
    Path parent = file.toAbsolutePath().getParent();
    Files.createDirectories(parent);
    Path draft =
        Files.createTempFile(
            parent, ".author", ".new", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      Files.write(draft, List.of(text.strip()), US_ASCII, StandardOpenOption.SYNC);
      Files.createLink(file, draft);
      syncFolder(parent);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Else a key that is enrolled already could be gone after a power loss. */
  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
      opened.force(true);
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }

  private static byte[] block(Path file, String text, String label) throws IOException {
    String begin = "-----BEGIN " + label + "-----";
    int from = text.indexOf(begin);
    int to = text.indexOf("-----END " + label + "-----");
    if (from < 0 || to < from) {
      throw new IOException("%s has no PEM block '%s'".formatted(file, label));
    }
    return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to).strip());
  }
}
