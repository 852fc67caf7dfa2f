package io.carousel.agent.tls;

import io.carousel.agent.certificate.Certificates;
import io.carousel.events.Digest;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Takes for the house whoever shows a chain up to a CA whose key is pinned (SHA-256 of its
 * SubjectPublicKeyInfo, as RFC 7469, section 2.4, has it). Validation, and that the name fits, are
 * the JDK's, with that CA as the only anchor.
 */
final class PinnedTrust extends X509ExtendedTrustManager {
  private final Set<Digest> pins;

  PinnedTrust(Set<Digest> pins) {
    this.pins = Set.copyOf(pins);
  }

  private X509ExtendedTrustManager judge(X509Certificate[] chain) throws CertificateException {
    List<X509Certificate> anchors = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      if (certificate.getBasicConstraints() >= 0
          && pins.contains(Certificates.keyDigest(certificate))) {
        anchors.add(certificate);
      }
    }
    if (pins.isEmpty()) {
      throw new CertificateException(
          "nobody can be known as the house without the digest of a CA key: bring an enrolment token that has it, or name it in house.pins");
    }
    if (anchors.isEmpty()) {
      throw new NotTheHouse(
          "whoever answers there is not the house: none of the certificates it shows (keys %s) is of a CA that is pinned (%s); look at the address, and at the pins that the operator gave"
              .formatted(briefs(chain), brief(pins)));
    }
    return trusting(anchors);
  }

  private static String briefs(X509Certificate[] chain) {
    return brief(Arrays.stream(chain).map(Certificates::keyDigest).collect(Collectors.toSet()));
  }

  static String brief(Set<Digest> digests) {
    return digests.stream().map(Digest::brief).sorted().collect(Collectors.joining(", "));
  }

  private static X509ExtendedTrustManager trusting(List<X509Certificate> anchors)
      throws CertificateException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < anchors.size(); i++) {
        store.setCertificateEntry("ca-" + i, anchors.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new CertificateException("the JDK has no PKIX");
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge(chain).checkServerTrusted(chain, authType, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge(chain).checkServerTrusted(chain, authType, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge(chain).checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("nobody calls a participant by this");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("nobody calls a participant by this");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("nobody calls a participant by this");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
