package io.carousel.deploy.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.agent.X509Credential;
import io.carousel.events.Digest;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A CA that nobody of the house knows, though it calls itself like one of theirs. Made by the JDK's
 * keytool.
 */
record Stranger(Path folder) {
  private static final String SECRET = "STRANGER_SECRET";
  private static final long PATIENCE_SECONDS = 60;

  /**
   * A client credential for that member, signed by the stranger.
   *
   * @param issuer the distinguished name that the stranger uses
   */
  X509Credential credential(ParticipantName member, String issuer) throws DemoFailed {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String secret = HexFormat.of().formatHex(random);
    try {
      keytool(secret, "-alias", "ca", "-dname", issuer, "-ext", "bc:critical=ca:true");
      keytool(
          secret,
          "-alias",
          "leaf",
          "-dname",
          "CN=" + member,
          "-signer",
          "ca",
          "-ext",
          "eku=clientAuth");
      return read(secret);
    } catch (IOException | GeneralSecurityException e) {
      throw new DemoFailed("a foreign CA cannot be made for the controls: " + e, e);
    }
  }

  private Path store() {
    return folder.resolve("stranger.p12");
  }

  private void keytool(String secret, String... arguments) throws IOException, DemoFailed {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-J-XX:TieredStopAtLevel=1",
                    "-genkeypair",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-validity",
                    "1",
                    "-keystore",
                    store().toString(),
                    "-storepass:env",
                    SECRET),
                Stream.of(arguments))
            .toList();
    Path log = folder.resolve("keytool.log");
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put(SECRET, secret);
    Process process =
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new DemoFailed(
            "keytool cannot make a foreign CA: " + Files.readString(log, UTF_8).strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailed("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private X509Credential read(String secret) throws IOException, GeneralSecurityException {
    char[] password = secret.toCharArray();
    KeyStore keys = KeyStore.getInstance(store().toFile(), password);
    var certificate = (X509Certificate) keys.getCertificate("leaf");
    var key = (PrivateKey) keys.getKey("leaf", password);
    var issuer = (X509Certificate) keys.getCertificate("ca");
    return new X509Credential(
        Profile.CLIENT,
        Serial.of(certificate.getSerialNumber()),
        1,
        Digest.of(issuer.getPublicKey().getEncoded()),
        certificate,
        key);
  }
}
