package io.carousel.agent.output;

import io.carousel.agent.Use;
import io.carousel.events.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
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

  /** The key of the credential for that use, in the files of that set. */
  PrivateKey key(Path set, Use use) throws IOException, GeneralSecurityException;

  static Rendering of(OutputSettings output) {
    return switch (output.layout()) {
      case PEM -> new PemRendering();
      case PKCS12 -> new KeyStoreRendering("PKCS12", "p12", StorePassword.of(output));
      case JKS -> new KeyStoreRendering("JKS", "jks", StorePassword.of(output));
      case JWKS -> new JwksRendering();
      case OPENSSH -> new OpensshRendering(output.hosts());
    };
  }
}
