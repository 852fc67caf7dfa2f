package io.carousel.agent.tls;

import java.security.cert.CertificateException;

/** Whoever answers shows no CA that is pinned. */
public final class NotTheHouse extends CertificateException {
  private static final long serialVersionUID = 1L;

  NotTheHouse(String message) {
    super(message);
  }
}
