package io.carousel.agent.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.agent.Use;
import io.carousel.agent.certificate.Certificates;
import io.carousel.events.Bytes;
import io.carousel.events.jose.SpiffeBundle;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code jwks}: what verifiers of tokens read; nothing in it is secret. */
final class JwksRendering implements Rendering {
  /** How often whoever reads the SPIFFE bundle shall look for another. */
  private static final Duration REFRESH = Duration.ofMinutes(1);

  @Override
  public SortedMap<String, Bytes> files(Supply supply) {
    var files = new TreeMap<String, Bytes>();
    supply
        .companions()
        .tokenKeys()
        .ifPresent(keys -> {
          files.put(JWKS, text(keys.json()));
          if (supply.trust().bundle().trustDomain().isPresent()) {
            files.put("spiffe-bundle.json", text(spiffe(supply, keys).json()));
          }
        });
    return files;
  }

  private static SpiffeBundle spiffe(Supply supply, TokenKeys keys) {
    return new SpiffeBundle(
        supply.roots().stream().map(Certificates::der).toList(),
        keys.keys(),
        supply.trust().bundle().number(),
        REFRESH);
  }

  private static Bytes text(String json) {
    return Bytes.of((json + "\n").getBytes(UTF_8));
  }

  @Override
  public PrivateKey key(Map<String, Bytes> files, Use use) throws GeneralSecurityException {
    throw new InvalidKeyException("a set of published keys holds no key of its own");
  }
}
