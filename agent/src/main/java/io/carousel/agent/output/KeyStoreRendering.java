package io.carousel.agent.output;

import io.carousel.agent.Use;
import io.carousel.agent.X509Credential;
import io.carousel.events.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code pkcs12} and {@code jks}: a key store and a trust store for the JVM, under one password.
 */
final class KeyStoreRendering implements Rendering {
  private final String type;
  private final String ending;
  private final StorePassword password;

  KeyStoreRendering(String type, String ending, StorePassword password) {
    this.type = type;
    this.ending = ending;
    this.password = password;
  }

  @Override
  public SortedMap<String, Bytes> files(Supply supply) throws IOException {
    var files = new TreeMap<String, Bytes>();
    char[] secret = password.readOrCreate();
    try {
      if (supply.x509().isPresent()) {
        KeyStore store = empty();
        X509Credential own = supply.x509().get();
        store.setKeyEntry(
            supply.owner().value(), own.key(), secret, own.chain().toArray(X509Certificate[]::new));
        files.put(keyStore(), bytes(store, secret));
      }
      if (supply.verifies()) {
        KeyStore store = empty();
        int number = 0;
        for (X509Certificate anchor : supply.anchors()) {
          store.setCertificateEntry("ca-" + ++number, anchor);
        }
        files.put("truststore." + ending, bytes(store, secret));
        supply.companions().crlFile().ifPresent(crls -> files.put(CRLS, crls));
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("this JDK writes no key store of type " + type, e);
    }
    return files;
  }

  private String keyStore() {
    return "keystore." + ending;
  }

  private KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(type);
    store.load(null, null);
    return store;
  }

  private static Bytes bytes(KeyStore store, char[] secret)
      throws GeneralSecurityException, IOException {
    var out = new ByteArrayOutputStream();
    store.store(out, secret);
    return Bytes.of(out.toByteArray());
  }

  @Override
  public PrivateKey key(Map<String, Bytes> files, Use use)
      throws IOException, GeneralSecurityException {
    char[] secret = password.readOrCreate();
    KeyStore store = KeyStore.getInstance(type);
    store.load(new ByteArrayInputStream(Rendering.needed(files, keyStore())), secret);
    if (!store.aliases().hasMoreElements()) {
      throw new InvalidKeyException(keyStore() + " holds no key");
    }
    return (PrivateKey) store.getKey(store.aliases().nextElement(), secret);
  }

  @Override
  public Optional<StorePassword> password() {
    return Optional.of(password);
  }
}
