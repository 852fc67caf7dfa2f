package io.carousel.agent.service;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Shows one certificate to whoever asks, whichever CAs it says it takes, and believes everybody:
 * what is tried is the other side.
 */
final class FixedIdentity extends X509ExtendedKeyManager {
  private static final String ALIAS = "canary";

  private final Verifier.Shown shown;
  private volatile boolean asked;

  FixedIdentity(Verifier.Shown shown) {
    this.shown = shown;
  }

  /** Whether a server has asked for it. */
  boolean wasAsked() {
    return asked;
  }

  /** A new one each time, so that no session is resumed. */
  SSLContext context() throws ServiceFailure {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {this}, new TrustManager[] {new Witness()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new ServiceFailure("this JDK speaks no TLS", e);
    }
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    asked = true;
    return ALIAS;
  }

  @Override
  public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
    asked = true;
    return ALIAS;
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return type.equals(shown.key().getAlgorithm()) ? ALIAS : null;
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return type.equals(shown.key().getAlgorithm()) ? ALIAS : null;
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return shown.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return shown.key();
  }
}
