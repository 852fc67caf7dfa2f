package io.carousel.agent.service;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Something that verifies certificates, and can be shown one to see what it makes of it. */
public sealed interface Verifier permits ServerVerifier, ClientVerifier {

  /**
   * A certificate to show.
   *
   * @param chain itself first
   */
  record Shown(List<X509Certificate> chain, PrivateKey key) {
    /** Copies. */
    public Shown {
      chain = List.copyOf(chain);
    }
  }

  /** Whether it verifies clients, and so is shown a client's certificate. */
  boolean ofClients();

  /**
   * Shows it a certificate. Nothing is changed by that.
   *
   * @param set the folder of the set in place; empty if there is none
   * @return whether it was accepted, down to an answer of the application
   * @throws ServiceFailure if nobody can say; as when nobody is there
   */
  boolean accepts(Shown shown, Optional<Path> set) throws ServiceFailure, InterruptedException;

  /** How, for people. */
  String describe();
}
