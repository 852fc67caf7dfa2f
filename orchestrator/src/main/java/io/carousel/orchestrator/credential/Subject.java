package io.carousel.orchestrator.credential;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.SubjectName;
import io.carousel.events.SubjectName.Kind;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.events.openssh.UnreadableSsh;
import io.carousel.events.pem.PemText;
import io.carousel.orchestrator.certificate.CertificateRequest;
import io.carousel.orchestrator.certificate.SubjectKey;
import io.carousel.orchestrator.certificate.Unacceptable;
import io.carousel.orchestrator.desk.Declined;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a request wants certified: a key, and the names that are to stand beside it.
 *
 * @param key SubjectPublicKeyInfo of the key to be certified; for a token, of the key to which it
 *     is encrypted
 * @param wanted names that were asked for; none: all that its holder may have
 */
record Subject(Bytes key, List<SubjectName> wanted) {

  /**
   * Reads what came.
   *
   * @throws Declined if it cannot be certified
   */
  static Subject of(CredentialRequest request) {
    try {
      return switch (request.format()) {
        case X509 -> {
          CertificateRequest csr = CertificateRequest.read(request.subject());
          yield new Subject(
              csr.publicKey(),
              Stream.concat(csr.names().stream(), request.names().stream())
                  .distinct()
                  .sorted()
                  .toList());
        }
        case SSH -> new Subject(SubjectKey.strong(ssh(request.subject()).spki()), request.names());
        case JWT -> new Subject(SubjectKey.forEcdh(spki(request.subject())), request.names());
      };
    } catch (Unacceptable e) {
      throw new Declined(
          Declined.Kind.INVALID,
          code(request.format()),
          "%s; send %s".formatted(e.getMessage(), form(request.format())));
    } catch (UnreadableSsh | IllegalArgumentException e) {
      throw new Declined(
          Declined.Kind.INVALID,
          code(request.format()),
          "the key cannot be read: %s; send %s".formatted(e.getMessage(), form(request.format())));
    }
  }

  /** A blob, or a line as ssh-keygen writes it. */
  private static SshPublicKey ssh(Bytes subject) {
    byte[] given = subject.toArray();
    // A blob begins with the length of its type's name, which is less than 16,777,216.
    return given.length > 0 && given[0] != 0
        ? SshPublicKey.ofLine(new String(given, US_ASCII).strip())
        : SshPublicKey.ofBlob(subject);
  }

  /** DER, or PEM. */
  private static Bytes spki(Bytes subject) {
    String text = PemText.text(subject.toArray());
    return PemText.isPem(text)
        ? PemText.contents(subject.toArray(), "public key", "PUBLIC KEY").getFirst()
        : subject;
  }

  private static String code(Format format) {
    return format == Format.X509 ? "bad-csr" : "bad-key";
  }

  private static String form(Format format) {
    return switch (format) {
      case X509 ->
          "a PKCS#10 request in DER or PEM, signed by its own key, with a key on P-256 or P-384, of Ed25519, or of RSA with 2048 bits or more";
      case SSH ->
          "an OpenSSH public key (its blob, without the text around it) on P-256 or P-384, of Ed25519, or of RSA with 2048 bits or more";
      case JWT -> "the SubjectPublicKeyInfo of a key on P-256, to which the token is encrypted";
    };
  }

  /** The names that its credential will hold beside its holder's own; a canary names nobody. */
  List<SubjectName> names(Membership membership, CredentialRequest request) {
    if (request.profile().isCanary()) {
      return List.of();
    }
    // A token's SPIFFE ID says who bears it, and nothing of whom it is for.
    boolean all =
        request.format() == Format.JWT
            ? wanted.stream().allMatch(SubjectName::isSpiffe)
            : wanted.isEmpty();
    List<SubjectName> names = all ? membership.names(request.format()) : wanted;
    return names.stream()
        .filter(n -> n.kind().format() == request.format())
        .filter(n -> !isOwn(n, request.participant()) || n.kind() == Kind.PRINCIPAL)
        .toList();
  }

  /** Every credential holds its holder's own name; nobody need be enrolled with it. */
  static boolean isOwn(SubjectName name, ParticipantName holder) {
    return (name.kind() == Kind.DNS || name.kind() == Kind.PRINCIPAL)
        && name.text().equals(holder.value());
  }
}
