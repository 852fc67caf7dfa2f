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
 * @param above CA certificates that are to be shown with it
 * @param trusted the subjects of the certificates at which paths may end; empty if the service does
 *     not verify
 * @param serial of the credential in the set, in lower-case hex; empty if it holds none
 * @param hostCertificate of OpenSSH, to be shown: its type and base64; empty if the set holds none
 */
public record Expectation(
    Path set,
    Optional<X509Certificate> certificate,
    List<X509Certificate> above,
    List<X500Principal> trusted,
    Optional<String> serial,
    Optional<String> hostCertificate) {
  /** Of X.509. */
  public Expectation(Path set, Optional<X509Certificate> certificate, List<X500Principal> trusted) {
    this(
        set,
        certificate,
        List.of(),
        trusted,
        certificate.map(c -> c.getSerialNumber().toString(16)),
        Optional.empty());
  }

  /** Copies. */
  public Expectation {
    above = List.copyOf(above);
    trusted = List.copyOf(trusted);
  }

  /**
   * The same for commands: {@code CAROUSEL_SET} and, in lower-case hex, {@code CAROUSEL_SERIAL}.
   */
  Map<String, String> environment() {
    var variables = new TreeMap<String, String>();
    variables.put("CAROUSEL_SET", set.toString());
    serial.ifPresent(s -> variables.put("CAROUSEL_SERIAL", s));
    return variables;
  }
}
