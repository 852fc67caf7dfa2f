package io.carousel.agent.output;

import io.carousel.agent.Use;
import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.Pem;
import io.carousel.events.Bytes;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code pem}: one file for each thing that programs ask for. */
final class PemRendering implements Rendering {
  private static final String KEY = "key.pem";

  @Override
  public SortedMap<String, Bytes> files(Supply supply) {
    var files = new TreeMap<String, Bytes>();
    supply.x509().ifPresent(own -> add(files, supply, own));
    if (supply.verifies()) {
      files.put("bundle.pem", Pem.certificates(supply.anchors()));
      supply.companions().crlFile().ifPresent(crls -> files.put(CRLS, crls));
    }
    return files;
  }

  private static void add(SortedMap<String, Bytes> files, Supply supply, X509Credential own) {
    Bytes key = Pem.key(own.key());
    Bytes shown = Pem.certificates(own.chain());
    files.put(KEY, key);
    files.put("cert.pem", Pem.certificates(List.of(own.certificate())));
    files.put("chain.pem", Pem.certificates(supply.chain(own)));
    files.put("fullchain.pem", shown);
    files.put("combined.pem", Pem.joined(key, shown));
  }

  @Override
  public PrivateKey key(Map<String, Bytes> files, Use use) throws GeneralSecurityException {
    return Pem.readKey(Rendering.needed(files, KEY));
  }
}
