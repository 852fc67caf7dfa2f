package io.carousel.e2e.formats;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.events.openssh.TrustLines;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one verifier trusts and holds revoked, as files for the programs that read them. A file is
 * replaced by a rename, so that whoever opens one reads all of it.
 */
record TrustFolder(Path folder) {
  Path bundle() {
    return folder.resolve("bundle.pem");
  }

  Path crls() {
    return folder.resolve("crls.pem");
  }

  Path userCas() {
    return folder.resolve("user-cas");
  }

  Path knownHosts() {
    return folder.resolve("known_hosts");
  }

  Path krl() {
    return folder.resolve("krl");
  }

  /** Takes over what is published, if it is what that bundle says; else it is asked again. */
  boolean follows(TrustBundle bundle, Published published) throws IOException {
    byte[] pem = published.get("bundle.pem");
    byte[] ssh = published.get("ssh-keys");
    if (!certified(pem).equals(keys(bundle, Format.X509))
        || !listed(ssh).equals(keys(bundle, Format.SSH))) {
      return false;
    }
    refresh(published);
    replace(bundle(), pem);
    replace(userCas(), ssh);
    String known = TrustLines.knownHosts("*.example", lines(ssh));
    replace(knownHosts(), known.getBytes(US_ASCII));
    return true;
  }

  /** Takes over what is revoked by now. */
  void refresh(Published published) throws IOException {
    replace(crls(), published.get("crls.pem"));
    replace(krl(), published.get("krl"));
  }

  /** As it is now, under another name. */
  TrustFolder copy(String name) throws IOException {
    var copy = new TrustFolder(Files.createDirectory(folder.resolveSibling(name)));
    for (Path file : List.of(bundle(), crls(), userCas(), knownHosts(), krl())) {
      Files.copy(file, copy.folder.resolve(file.getFileName()));
    }
    return copy;
  }

  private static Set<Digest> keys(TrustBundle bundle, Format format) {
    return bundle.trusted(format).stream().map(TrustedKey::key).collect(Collectors.toSet());
  }

  private static Set<Digest> certified(byte[] pem) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem))
          .stream()
          .map(Certificate::getPublicKey)
          .map(key -> Bytes.of(key.getEncoded()).digest())
          .collect(Collectors.toSet());
    } catch (GeneralSecurityException e) {
      throw new AssertionError("bundle.pem cannot be read", e);
    }
  }

  private static Set<Digest> listed(byte[] lines) {
    return lines(lines).stream().map(key -> key.spki().digest()).collect(Collectors.toSet());
  }

  private static List<SshPublicKey> lines(byte[] text) {
    return new String(text, US_ASCII).lines().map(SshPublicKey::ofLine).toList();
  }

  /** Readers see the old file or the new one. */
  static void replace(Path file, byte[] content) throws IOException {
    Path draft = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".draft");
    Files.write(draft, content);
    Files.move(draft, file, ATOMIC_MOVE);
  }
}
