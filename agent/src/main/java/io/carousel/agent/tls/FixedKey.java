package io.carousel.agent.tls;

import io.carousel.agent.X509Credential;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Shows one credential, or none. It does not matter which issuers the other side says it accepts: a
 * credential that is not welcome shall be refused aloud, not left at home.
 */
final class FixedKey extends X509ExtendedKeyManager {
  private static final String ALIAS = "own";

  private final Optional<X509Credential> credential;

  FixedKey(Optional<X509Credential> credential) {
    this.credential = credential;
  }

  private String[] aliases(String keyType) {
    return suits(keyType) ? new String[] {ALIAS} : null;
  }

  private boolean suits(String keyType) {
    return credential.filter(own -> own.key().getAlgorithm().equals(keyType)).isPresent();
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return aliases(keyType);
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    for (String keyType : keyTypes) {
      if (suits(keyType)) {
        return ALIAS;
      }
    }
    return null;
  }

  @Override
  public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    return chooseClientAlias(keyTypes, issuers, null);
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return aliases(keyType);
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return suits(keyType) ? ALIAS : null;
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    return chooseServerAlias(keyType, issuers, null);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return credential.map(own -> own.chain().toArray(X509Certificate[]::new)).orElse(null);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return credential.map(X509Credential::key).orElse(null);
  }
}
