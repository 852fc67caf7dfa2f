package io.carousel.e2e.formats;

import io.carousel.events.Profile;
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

/** Who says whether a certificate is good, under a bundle and with the CRLs beside it. */
enum CertificateJudge {
  OPENSSL("openssl verify -crl_check") {
    @Override
    Optional<String> refusal(Path leaf, Profile profile, TrustFolder trust) {
      var command = new ArrayList<>(List.of("openssl", "verify", "-x509_strict", "-crl_check"));
      command.addAll(List.of("-no-CApath", "-no-CAstore"));
      command.addAll(List.of("-purpose", profile == Profile.SERVER ? "sslserver" : "sslclient"));
      command.addAll(List.of("-CAfile", trust.bundle().toString()));
      command.addAll(List.of("-CRLfile", trust.crls().toString(), leaf.toString()));
      return said(Tool.run(command));
    }
  },
  GNUTLS("certtool --verify --load-crl") {
    @Override
    Optional<String> refusal(Path leaf, Profile profile, TrustFolder trust) {
      var command = new ArrayList<>(List.of("certtool", "--verify", "--infile", leaf.toString()));
      command.addAll(List.of("--load-ca-certificate", trust.bundle().toString()));
      command.addAll(List.of("--load-crl", trust.crls().toString()));
      return said(Tool.run(command));
    }
  },
  JDK("PKIX with CRLs") {
    @Override
    Optional<String> refusal(Path leaf, Profile profile, TrustFolder trust) {
      try {
        CertificateFactory x509 = CertificateFactory.getInstance("X.509");
        var path = x509.generateCertPath(List.copyOf(x509.generateCertificates(bytes(leaf))));
        var parameters =
            new PKIXParameters(
                x509.generateCertificates(bytes(trust.bundle())).stream()
                    .map(ca -> new TrustAnchor((X509Certificate) ca, null))
                    .collect(Collectors.toSet()));
        parameters.setRevocationEnabled(true);
        parameters.addCertStore(
            CertStore.getInstance(
                "Collection",
                new CollectionCertStoreParameters(x509.generateCRLs(bytes(trust.crls())))));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
        return Optional.empty();
      } catch (CertPathValidatorException e) {
        return Optional.of(String.valueOf(e.getMessage()));
      } catch (GeneralSecurityException | IOException e) {
        throw new AssertionError(e);
      }
    }
  };

  private final String text;

  CertificateJudge(String text) {
    this.text = text;
  }

  /** Why it refuses that certificate; empty if it does not. */
  abstract Optional<String> refusal(Path leaf, Profile profile, TrustFolder trust);

  Optional<String> refusal(Held held, TrustFolder trust) {
    return refusal(held.files().orElseThrow(), held.use().profile(), trust);
  }

  private static Optional<String> said(Tool.Said said) {
    return said.well() ? Optional.empty() : Optional.of(said.text());
  }

  private static ByteArrayInputStream bytes(Path file) throws IOException {
    return new ByteArrayInputStream(Files.readAllBytes(file));
  }

  @Override
  public String toString() {
    return text;
  }
}
