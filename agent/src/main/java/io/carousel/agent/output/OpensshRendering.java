package io.carousel.agent.output;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.agent.OwnCredential;
import io.carousel.agent.SshCredential;
import io.carousel.agent.Use;
import io.carousel.agent.certificate.Pem;
import io.carousel.events.Bytes;
import io.carousel.events.Profile;
import io.carousel.events.openssh.TrustLines;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code openssh}: what {@code HostKey} and {@code HostCertificate}, {@code TrustedUserCAKeys} and
 * {@code RevokedKeys} of sshd_config(5) name, and the files of a user for ssh_config(5).
 */
final class OpensshRendering implements Rendering {
  private final String hosts;

  /**
   * A rendering.
   *
   * @param hosts whom {@code known_hosts} is about
   */
  OpensshRendering(String hosts) {
    this.hosts = hosts;
  }

  @Override
  public SortedMap<String, Bytes> files(Supply supply) {
    var files = new TreeMap<String, Bytes>();
    for (OwnCredential own : supply.credentials()) {
      if (own instanceof SshCredential ssh) {
        add(files, ssh, supply.owner().value());
      }
    }
    if (!supply.sshKeys().isEmpty()) {
      files.put("trusted_user_ca_keys", text(TrustLines.trustedUserCaKeys(supply.sshKeys())));
      files.put("known_hosts", text(TrustLines.knownHosts(hosts, supply.sshKeys())));
    }
    supply.companions().krl().ifPresent(krl -> files.put(KRL, krl.bytes()));
    return files;
  }

  private static void add(SortedMap<String, Bytes> files, SshCredential own, String comment) {
    String key = keyFile(own.profile());
    files.put(key, Pem.key(own.key()));
    files.put(key + ".pub", text(own.certificate().content().key().line(comment) + "\n"));
    files.put(key + "-cert.pub", text(own.certificate().line(comment) + "\n"));
  }

  private static String keyFile(Profile profile) {
    return profile.isForServers() ? "host_key" : "user_key";
  }

  private static Bytes text(String lines) {
    return Bytes.of(lines.getBytes(US_ASCII));
  }

  @Override
  public PrivateKey key(Map<String, Bytes> files, Use use) throws GeneralSecurityException {
    return Pem.readKey(Rendering.needed(files, keyFile(use.profile())));
  }
}
