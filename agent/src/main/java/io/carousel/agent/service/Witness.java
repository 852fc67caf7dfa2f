package io.carousel.agent.service;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes everybody, and remembers what it was shown: for connections on which nothing is sent
 * that is secret and nothing is taken that is not proven otherwise.
 */
final class Witness extends X509ExtendedTrustManager {
  private volatile List<X509Certificate> chain = List.of();

  /** The peer's certificate and what it showed above that; empty if it showed none. */
  List<X509Certificate> chain() {
    return chain;
  }

  private void see(X509Certificate[] shown) {
    chain = List.of(shown);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] shown, String type) {
    see(shown);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] shown, String type, Socket socket) {
    see(shown);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] shown, String type, SSLEngine engine) {
    see(shown);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] shown, String type) {
    see(shown);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] shown, String type, Socket socket) {
    see(shown);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] shown, String type, SSLEngine engine) {
    see(shown);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
