package io.carousel.agent.tls;

import io.carousel.agent.Trust;
import io.carousel.agent.certificate.Certificates;
import io.carousel.events.ParticipantName;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Judges peers by one trust bundle: path validation by the JDK's PKIX (RFC 5280, section 6.1),
 * extended key usage for the side the peer is on. Tells the handshake under way what it found, so
 * that full handshakes, which ask here, are told from resumed ones, which do not.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  /** The handshake that this thread is in. JSSE's sockets ask on the thread that shakes hands. */
  static final ScopedValue<Handshake> UNDER_WAY = ScopedValue.newInstance();

  /** JSSE's word for "TLS 1.3 does not say", for checks outside of a handshake. */
  private static final String ANY_KEY_EXCHANGE = "UNKNOWN";

  /** Of a CA of which no bundle says where its key is. */
  private final Trust trust;

  private final X509ExtendedTrustManager pkix;

  /** What one handshake asked here. One thread. */
  static final class Handshake {
    private boolean asked;
    private CertificateException refusal;

    /** Whether a peer's certificate was judged: not so where a session is resumed. */
    boolean asked() {
      return asked;
    }

    /** Why the peer was refused; null if it was not. */
    CertificateException refusal() {
      return refusal;
    }
  }

  /** Which side of a connection the peer is on. */
  enum Side {
    CLIENT,
    SERVER
  }

  PeerTrust(Trust trust) throws GeneralSecurityException {
    this.trust = trust;
    var parameters = new PKIXBuilderParameters(anchors(trust), new X509CertSelector());
    // Peers that show their leaf alone are known by the CAs that came with the root.
    List<X509Certificate> between =
        trust.root().isEmpty()
            ? List.of()
            : trust.anchors().stream().map(Trust.Anchor::certificate).toList();
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(between)));
    // The root's CRL is looked at here, by whether it lists a CA: PKIX would refuse everybody for
    // one that is late. Leaf certificates are renewed too often for lists of their own.
    parameters.setRevocationEnabled(false);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(new CertPathTrustManagerParameters(parameters));
    this.pkix = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }

  private static Set<TrustAnchor> anchors(Trust trust) {
    return trust
        .root()
        .map(root -> Set.of(new TrustAnchor(root.certificate(), null)))
        .orElseGet(() ->
            trust.anchors().stream()
                .map(anchor -> new TrustAnchor(anchor.certificate(), null))
                .collect(Collectors.toSet()));
  }

  /**
   * Who the peer is, judged now.
   *
   * @param chain as the peer showed it, now or when the session began
   * @throws CertificateException if it is not trusted, or not for that side
   */
  Peer judge(X509Certificate[] chain, Side side) throws CertificateException {
    switch (side) {
      case CLIENT -> pkix.checkClientTrusted(chain, ANY_KEY_EXCHANGE);
      case SERVER -> pkix.checkServerTrusted(chain, ANY_KEY_EXCHANGE);
    }
    checkRevocation(chain);
    return identify(chain);
  }

  private void checkRevocation(X509Certificate[] chain) throws CertificateException {
    if (trust.root().isEmpty()) {
      return;
    }
    var path = new ArrayList<>(List.of(chain));
    trust.issuerOf(chain[0]).map(Trust.Anchor::certificate).ifPresent(path::add);
    for (X509Certificate certificate : path) {
      if (trust.revokes(certificate)) {
        throw new CertificateException(
            "the external root has revoked the CA certificate with serial number %s"
                .formatted(certificate.getSerialNumber().toString(16)));
      }
    }
  }

  /** Who the peer is, where its chain has just been validated. */
  Peer identify(X509Certificate[] chain) throws CertificateException {
    X509Certificate certificate = chain[0];
    Trust.Anchor issuer =
        trust
            .issuerOf(certificate)
            .or(() -> stranger(chain))
            .orElseThrow(() -> new CertificateException("its issuer is in no trust bundle"));
    try {
      var name = new ParticipantName(Certificates.commonName(certificate));
      return new Peer(name, Certificates.serial(certificate), issuer, certificate);
    } catch (IllegalArgumentException e) {
      throw new CertificateException("its subject is no participant: " + e.getMessage(), e);
    }
  }

  /** Whoever trusts a root accepts CAs below it that are in no bundle: one not revoked yet. */
  private Optional<Trust.Anchor> stranger(X509Certificate[] chain) {
    return trust.root().isPresent()
            && chain.length > 1
            && Certificates.isSignedBy(chain[0], chain[1])
        ? Optional.of(
            new Trust.Anchor(0, Optional.empty(), chain[1], Certificates.keyDigest(chain[1])))
        : Optional.empty();
  }

  @FunctionalInterface
  private interface Check {
    void run() throws CertificateException;
  }

  private static void noted(Check check) throws CertificateException {
    if (!UNDER_WAY.isBound()) {
      check.run();
      return;
    }
    Handshake handshake = UNDER_WAY.get();
    handshake.asked = true;
    try {
      check.run();
    } catch (CertificateException e) {
      handshake.refusal = e;
      throw e;
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    noted(() -> {
      pkix.checkClientTrusted(chain, authType, socket);
      checkRevocation(chain);
    });
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    noted(() -> {
      pkix.checkServerTrusted(chain, authType, socket);
      checkRevocation(chain);
    });
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    noted(() -> {
      pkix.checkClientTrusted(chain, authType, engine);
      checkRevocation(chain);
    });
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    noted(() -> {
      pkix.checkServerTrusted(chain, authType, engine);
      checkRevocation(chain);
    });
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    noted(() -> {
      pkix.checkClientTrusted(chain, authType);
      checkRevocation(chain);
    });
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    noted(() -> {
      pkix.checkServerTrusted(chain, authType);
      checkRevocation(chain);
    });
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return pkix.getAcceptedIssuers();
  }
}
