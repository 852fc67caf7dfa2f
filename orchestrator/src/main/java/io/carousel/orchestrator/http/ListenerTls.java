package io.carousel.orchestrator.http;

import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.TrustBundle;
import io.carousel.orchestrator.rules.Bundles;
import io.carousel.orchestrator.rules.House;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What the listener shows and whom it lets in. Both may change while it serves: what it shows is
 * replaced, and whom it trusts is what the log says at that moment. One context for all time, so
 * that its connections outlive a rotation.
 */
final class ListenerTls {
  private static final String ALIAS = "listener";
  private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";

  private final Supplier<House> house;
  private volatile Shown shown;
  private volatile Anchors anchors = new Anchors(-1, Set.of());

  /** A certificate with those above it, and its key. */
  record Shown(List<X509Certificate> chain, PrivateKey key) {
    Shown {
      chain = List.copyOf(chain);
    }
  }

  private record Anchors(long bundle, Set<TrustAnchor> anchors) {}

  ListenerTls(Supplier<House> house) {
    this.house = house;
  }

  /** New handshakes show that. */
  void show(Shown next) {
    shown = next;
  }

  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(new KeyManager[] {new Key()}, new TrustManager[] {new Clients()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS 1.3", e);
    }
  }

  /**
   * Judges whoever shows that chain by what is trusted now (RFC 5280, section 6.1). Asked at each
   * handshake, and again at each call: a connection may be older than a change of trust.
   *
   * @throws CertificateException if it is not trusted as a client
   */
  void judge(X509Certificate[] chain) throws CertificateException {
    try {
      Set<TrustAnchor> now = anchors();
      if (now.isEmpty()) {
        throw new CertificateException("the built-in authority has no key yet");
      }
      var parameters = new PKIXParameters(now);
      // Participants that were removed are refused by name, at once; no list could be as fresh.
      parameters.setRevocationEnabled(false);
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      var path = factory.generateCertPath(List.of(chain[0]));
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
      List<String> usages = chain[0].getExtendedKeyUsage();
      if (usages == null || !usages.contains(CLIENT_AUTHENTICATION)) {
        throw new CertificateException("the credential is not for clients");
      }
    } catch (GeneralSecurityException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  private Set<TrustAnchor> anchors() throws CertificateException {
    var authority = house.get().authority(AuthorityName.BUILT_IN);
    if (authority.isEmpty()) {
      return Set.of();
    }
    Anchors known = anchors;
    if (known.bundle() != authority.get().bundle()) {
      known = new Anchors(authority.get().bundle(), read(Bundles.of(authority.get())));
      anchors = known;
    }
    return known.anchors();
  }

  private static Set<TrustAnchor> read(TrustBundle bundle) throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    var read = new HashSet<TrustAnchor>();
    for (TrustBundle.TrustedKey ca : bundle.trusted(Format.X509)) {
      byte[] der = ca.certificate().orElseThrow().toArray();
      read.add(
          new TrustAnchor(
              (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)), null));
    }
    return Set.copyOf(read);
  }

  /** Shows what is to be shown now. */
  private final class Key extends X509ExtendedKeyManager {
    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
      return chooseServerAlias(keyType, issuers, null);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      Shown now = shown;
      return now != null && now.key().getAlgorithm().equals(keyType) ? ALIAS : null;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      String alias = chooseServerAlias(keyType, issuers, null);
      return alias == null ? null : new String[] {alias};
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return null;
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
      return null;
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

  /** Lets in whom the log trusts now. */
  private final class Clients extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      judge(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      judge(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      judge(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("the listener calls nobody");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      throw new CertificateException("the listener calls nobody");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("the listener calls nobody");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      // Clients that know one credential shall show it whatever they are told.
      return new X509Certificate[0];
    }
  }
}
