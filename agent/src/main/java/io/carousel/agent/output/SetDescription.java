package io.carousel.agent.output;

import io.carousel.agent.Material;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.SshCredential;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.Use;
import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.Certificates;
import io.carousel.agent.disk.FileMark;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.TrustBundle;
import io.carousel.events.openssh.SshCertificate;
import io.carousel.events.openssh.UnreadableSsh;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What a set says about itself, in {@code carousel.json} beside its other files; no secret. The
 * agent goes on from it after a restart.
 *
 * @param bundle that was in place when it was written
 * @param contents the same for sets whose other files say the same
 * @param files what each of those was written with, by name
 * @param password what the file with the password of its key stores was; empty if it has none
 */
record SetDescription(
    ParticipantName owner,
    TrustBundle bundle,
    List<Held> credentials,
    Digest contents,
    Map<String, FileMark> files,
    Optional<FileMark> password) {
  static final String FILE = "carousel.json";

  /** Copies. */
  SetDescription {
    credentials = List.copyOf(credentials);
    files = Map.copyOf(files);
  }

  /**
   * A credential without its key.
   *
   * @param issuerKey SHA-256 of the SubjectPublicKeyInfo of the CA key
   * @param content a certificate, DER; or an OpenSSH certificate, its blob
   * @param above CA certificates that are shown with it, DER
   */
  record Held(
      Format format,
      Profile profile,
      Serial serial,
      int generation,
      Digest issuerKey,
      Bytes content,
      List<Bytes> above) {
    Held {
      above = List.copyOf(above);
    }

    static Held of(OwnCredential own) {
      return switch (own) {
        case X509Credential x509 ->
            of(
                own,
                Certificates.der(x509.certificate()),
                x509.above().stream().map(Certificates::der).toList());
        case SshCredential ssh -> of(own, ssh.certificate().blob(), List.of());
      };
    }

    private static Held of(OwnCredential own, Bytes content, List<Bytes> above) {
      return new Held(
          own.format(),
          own.profile(),
          own.serial(),
          own.generation(),
          own.issuerKey(),
          content,
          above);
    }

    private OwnCredential with(PrivateKey key) throws CertificateException {
      return switch (format) {
        case X509 -> x509(key);
        case SSH -> ssh(key);
        case JWT -> throw new CertificateException("the agent keeps no tokens yet");
      };
    }

    private SshCredential ssh(PrivateKey key) throws CertificateException {
      SshCertificate certificate = SshCertificate.read(content);
      requirePair(certificate.content().key().key().jca(), key);
      return new SshCredential(profile, serial, generation, issuerKey, certificate, key);
    }

    private static void requirePair(PublicKey certified, PrivateKey key)
        throws CertificateException {
      if (!Certificates.belongTogether(certified, key)) {
        throw new CertificateException("its key is another certificate's");
      }
    }

    private X509Credential x509(PrivateKey key) throws CertificateException {
      X509Certificate certificate = Certificates.read(content);
      requirePair(certificate.getPublicKey(), key);
      var cas = new ArrayList<X509Certificate>();
      for (Bytes ca : above) {
        cas.add(Certificates.read(ca));
      }
      return new X509Credential(profile, serial, generation, issuerKey, certificate, key, cas);
    }
  }

  static SetDescription of(Supply supply, Map<String, Bytes> files, Optional<FileMark> password) {
    var marks = new TreeMap<String, FileMark>();
    files.forEach((name, content) -> marks.put(name, FileMark.of(content)));
    return new SetDescription(
        supply.owner(),
        supply.trust().bundle(),
        supply.credentials().stream().map(Held::of).toList(),
        supply.contents(),
        marks,
        password);
  }

  /** Gives a key of the set. */
  @FunctionalInterface
  interface KeyReader {
    PrivateKey read(Use use) throws GeneralSecurityException, java.io.IOException;
  }

  /**
   * The material that the set was made of, as far as it is left: a credential whose key is gone, or
   * is another's, is none.
   *
   * @param lost is told of each of those what is wrong
   * @throws UnfitMaterial if the bundle is unfit
   */
  Material material(KeyReader keys, Consumer<String> lost) throws UnfitMaterial {
    var own = new ArrayList<OwnCredential>();
    for (Held held : credentials) {
      try {
        own.add(held.with(keys.read(new Use(held.format(), held.profile()))));
      } catch (GeneralSecurityException | java.io.IOException | UnreadableSsh e) {
        lost.accept(
            "credential %s cannot be used any more: %s".formatted(held.serial(), e.getMessage()));
      }
    }
    return new Material(owner, Trust.of(bundle), own);
  }
}
