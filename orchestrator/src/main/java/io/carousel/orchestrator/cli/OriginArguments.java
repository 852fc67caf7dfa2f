package io.carousel.orchestrator.cli;

import io.carousel.events.Bytes;
import io.carousel.events.CrlNumber;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.pem.Certificates;
import io.carousel.events.pem.PemText;
import io.carousel.events.pem.UnreadablePem;
import io.carousel.orchestrator.documents.Wanted.WantedAdoption;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How keys from elsewhere are named on the command line. */
final class OriginArguments {
  /** Longer than any file of public keys that a bundle has room for; in bytes. */
  private static final int LIMIT = 100_000;

  /** Members of private and symmetric JWKs (RFC 7518, section 6). */
  private static final Pattern SECRET = Pattern.compile("\"(d|p|q|dp|dq|qi|oth|k)\"\\s*:");

  private static final Pattern HEX = Pattern.compile("0[xX][0-9a-fA-F]{1,200}");

  private OriginArguments() {}

  /**
   * A key that is in a token already.
   *
   * @param certificate the file of the CA certificate that it keeps
   */
  record Adopted(KeyPlace place, KeyId key, Optional<Path> certificate) {
    private static Adopted of(String text) {
      int equals = text.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(
            "write slot, format, CKA_ID in hex and maybe a certificate, as hsm-a/x509=a1b2c3:ca.pem");
      }
      String rest = text.substring(equals + 1);
      int colon = rest.indexOf(':');
      return new Adopted(
          new KeyPlace(text.substring(0, equals)),
          new KeyId((colon < 0 ? rest : rest.substring(0, colon)).toLowerCase(Locale.ROOT)),
          colon < 0 ? Optional.empty() : Optional.of(Path.of(rest.substring(colon + 1))));
    }

    WantedAdoption wanted(boolean acceptWeak, Optional<CrlNumber> crlNumber, Optional<Path> crl) {
      return new WantedAdoption(
          place,
          key,
          certificate.map(OriginArguments::certificate),
          Optional.of(acceptWeak),
          crlNumber,
          crl.map(OriginArguments::crl));
    }
  }

  static final class OfAdoption extends Arguments.Checked<Adopted> {
    OfAdoption() {
      super(Adopted::of);
    }
  }

  /** In decimal, or in hex after {@code 0x} as {@code openssl crl -crlnumber} prints it. */
  static final class OfCrlNumber extends Arguments.Checked<CrlNumber> {
    OfCrlNumber() {
      super(text ->
          HEX.matcher(text).matches()
              ? CrlNumber.of(new BigInteger(text.substring(2), 16))
              : new CrlNumber(text));
    }
  }

  /** The text of a file of public keys. */
  static String text(Path file) {
    byte[] content = read(file);
    if (PemText.isDer(content)) {
      return pem(file, content);
    }
    String text = PemText.text(content);
    if (text.contains("PRIVATE KEY-----")
        || text.startsWith("PuTTY-User-Key-File-")
        || (text.stripLeading().startsWith("{") && SECRET.matcher(text).find())) {
      throw CommandFailed.because(
          "%s holds a private key or a shared secret, which was not sent anywhere; name a file of public keys or certificates"
              .formatted(file));
    }
    return text;
  }

  /** Certificates in DER, as PEM: the API takes texts. */
  private static String pem(Path file, byte[] der) {
    try {
      return Certificates.of(der).stream()
          .map(c ->
              "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
                  .formatted(Certificates.der(c).base64()))
          .collect(Collectors.joining());
    } catch (UnreadablePem e) {
      throw CommandFailed.because(
          "%s is in DER and holds no certificate: %s".formatted(file, e.getMessage()));
    }
  }

  /** A certificate, in PEM or DER. */
  private static Bytes certificate(Path file) {
    return X509File.der(X509File.certificates(file).getFirst());
  }

  /** A CRL, in PEM or DER. */
  private static Bytes crl(Path file) {
    return X509File.crl(file);
  }

  private static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(LIMIT + 1);
      if (content.length > LIMIT) {
        throw CommandFailed.because(
            "%s is longer than %d bytes: it is no file of public keys".formatted(file, LIMIT));
      }
      return content;
    } catch (IOException e) {
      throw CommandFailed.because(
          "%s cannot be read: %s".formatted(file, e.getClass().getSimpleName()));
    }
  }
}
