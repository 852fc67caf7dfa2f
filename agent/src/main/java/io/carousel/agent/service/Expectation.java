package io.carousel.agent.service;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.security.auth.x500.X500Principal;

/**
 * What a service is to show and trust.
 *
 * @param set the folder of the set
 * @param certificate to be shown; empty if the set holds none
 * @param trusted the subjects of the certificates at which paths may end; empty if the service does
 *     not verify
 */
public record Expectation(
    Path set, Optional<X509Certificate> certificate, List<X500Principal> trusted) {
  /** Copies. */
  public Expectation {
    trusted = List.copyOf(trusted);
  }

  /**
   * The same for commands: {@code CAROUSEL_SET} and, in lower-case hex, {@code CAROUSEL_SERIAL}.
   */
  Map<String, String> environment() {
    var variables = new TreeMap<String, String>();
    variables.put("CAROUSEL_SET", set.toString());
    certificate.ifPresent(c -> variables.put("CAROUSEL_SERIAL", c.getSerialNumber().toString(16)));
    return variables;
  }
}
