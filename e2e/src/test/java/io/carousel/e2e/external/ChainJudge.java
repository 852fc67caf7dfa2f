package io.carousel.e2e.external;

import io.carousel.events.openssh.Tool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Who says whether a leaf is good, whoever is trusted: a root, or CAs below one. */
enum ChainJudge {
  OPENSSL {
    @Override
    Optional<String> refusal(Shown shown, Path trusted, Path crls, boolean pinned) {
      var command = new ArrayList<>(List.of("openssl", "verify", "-x509_strict"));
      command.add(pinned ? "-crl_check" : "-crl_check_all");
      command.addAll(List.of("-no-CApath", "-no-CAstore", "-purpose", "sslclient"));
      if (pinned) {
        command.add("-partial_chain");
      }
      command.addAll(List.of("-CAfile", trusted.toString(), "-CRLfile", crls.toString()));
      command.addAll(List.of("-untrusted", shown.issuer().toString(), shown.leaf().toString()));
      return said(Tool.run(command));
    }
  },
  GNUTLS {
    @Override
    Optional<String> refusal(Shown shown, Path trusted, Path crls, boolean pinned) {
      return said(
          Tool.run(
              List.of(
                  "certtool",
                  "--verify",
                  "--infile",
                  (pinned ? shown.leaf() : shown.chain()).toString(),
                  "--load-ca-certificate",
                  trusted.toString(),
                  "--load-crl",
                  crls.toString())));
    }
  },
  JDK {
    @Override
    Optional<String> refusal(Shown shown, Path trusted, Path crls, boolean pinned) {
      try {
        CertificateFactory x509 = CertificateFactory.getInstance("X.509");
        var path =
            x509.generateCertPath(
                List.copyOf(
                    x509.generateCertificates(bytes(pinned ? shown.leaf() : shown.chain()))));
        var parameters =
            new PKIXParameters(
                x509.generateCertificates(bytes(trusted)).stream()
                    .map(ca -> new TrustAnchor((X509Certificate) ca, null))
                    .collect(Collectors.toSet()));
        parameters.setRevocationEnabled(true);
        parameters.addCertStore(
            CertStore.getInstance(
                "Collection", new CollectionCertStoreParameters(x509.generateCRLs(bytes(crls)))));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
        return Optional.empty();
      } catch (CertPathValidatorException e) {
        return Optional.of(String.valueOf(e.getMessage()));
      } catch (GeneralSecurityException | IOException e) {
        throw new AssertionError(e);
      }
    }
  };

  /**
   * What somebody shows.
   *
   * @param chain leaf and issuer in one file
   */
  record Shown(Path leaf, Path issuer, Path chain) {}

  /**
   * Why it refuses that leaf; empty if it does not.
   *
   * @param trusted what is trusted: CAs below the root if they are pinned, else the root
   */
  abstract Optional<String> refusal(Shown shown, Path trusted, Path crls, boolean pinned);

  private static Optional<String> said(Tool.Said said) {
    return said.well() ? Optional.empty() : Optional.of(said.text());
  }

  private static ByteArrayInputStream bytes(Path file) throws IOException {
    return new ByteArrayInputStream(Files.readAllBytes(file));
  }
}
