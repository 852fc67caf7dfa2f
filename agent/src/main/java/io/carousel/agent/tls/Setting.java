package io.carousel.agent.tls;

import io.carousel.agent.Material;
import io.carousel.agent.UnfitMaterial;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

/** A TLS context for one material. Its sessions end with it: no other context can resume them. */
final class Setting {
  private static final int SESSIONS = 256;

  private final Material material;
  private final SSLContext context;
  private final PeerTrust peers;

  private Setting(Material material, SSLContext context, PeerTrust peers) {
    this.material = material;
    this.context = context;
    this.peers = peers;
  }

  Material material() {
    return material;
  }

  SSLContext context() {
    return context;
  }

  PeerTrust peers() {
    return peers;
  }

  static Setting of(Material material) throws UnfitMaterial {
    try {
      var peers = new PeerTrust(material.trust());
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new FixedKey(material.x509())}, new TrustManager[] {peers}, null);
      bound(context.getClientSessionContext());
      bound(context.getServerSessionContext());
      return new Setting(material, context, peers);
    } catch (GeneralSecurityException e) {
      throw new UnfitMaterial(
          "TLS cannot work with bundle %d: %s"
              .formatted(material.trust().bundle().number(), e.getMessage()),
          e);
    }
  }

  private static void bound(SSLSessionContext sessions) {
    sessions.setSessionCacheSize(SESSIONS);
  }
}
