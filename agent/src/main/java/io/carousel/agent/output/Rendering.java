package io.carousel.agent.output;

import io.carousel.agent.Use;
import io.carousel.agent.disk.SetFolder;
import io.carousel.events.Bytes;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** How a layout's files look, and how the key is read back from them. */
interface Rendering {
  /** In every layout of X.509 whose output verifies. */
  String CRLS = "crls.pem";

  /** In the layout of OpenSSH, if its output verifies. */
  String KRL = "revoked_keys";

  /** In the layout of token keys. */
  String JWKS = "jwks.json";

  /** The files of a set, by name. */
  SortedMap<String, Bytes> files(Supply supply) throws IOException;

  /** All names that the files of sets have, in any layout. */
  Set<String> NAMES =
      Set.of(
          SetDescription.FILE,
          "key.pem",
          "cert.pem",
          "chain.pem",
          "fullchain.pem",
          "combined.pem",
          "bundle.pem",
          CRLS,
          "keystore.p12",
          "truststore.p12",
          "keystore.jks",
          "truststore.jks",
          "host_key",
          "host_key.pub",
          "host_key-cert.pub",
          "user_key",
          "user_key.pub",
          "user_key-cert.pub",
          "trusted_user_ca_keys",
          "known_hosts",
          KRL,
          JWKS,
          "spiffe-bundle.json");

  /**
   * The key of the credential for that use, in the files of a set.
   *
   * @throws GeneralSecurityException if it is not there, or is none
   */
  PrivateKey key(Map<String, Bytes> files, Use use) throws IOException, GeneralSecurityException;

  /** The password of its stores, beside its sets; empty if it needs none. */
  default Optional<StorePassword> password() {
    return Optional.empty();
  }

  /** A file that must be there. */
  static byte[] needed(Map<String, Bytes> files, String name) throws InvalidKeyException {
    return Optional.ofNullable(files.get(name))
        .orElseThrow(() -> new InvalidKeyException(name + " is gone"))
        .toArray();
  }

  static Rendering of(OutputSettings output, SetFolder sets) {
    return switch (output.layout()) {
      case PEM -> new PemRendering();
      case PKCS12 -> new KeyStoreRendering("PKCS12", "p12", new StorePassword(sets, output));
      case JKS -> new KeyStoreRendering("JKS", "jks", new StorePassword(sets, output));
      case JWKS -> new JwksRendering();
      case OPENSSH -> new OpensshRendering(output.hosts());
    };
  }
}
