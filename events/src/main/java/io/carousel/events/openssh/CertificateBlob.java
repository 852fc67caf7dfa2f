package io.carousel.events.openssh;

import io.carousel.events.Bytes;
import io.carousel.events.Identifier;
import io.carousel.events.openssh.SshCertificateDraft.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads certificates, and uses nothing of what writes them. */
final class CertificateBlob {
  private CertificateBlob() {}

  static SshCertificate read(Bytes blob) {
    SshInput in = SshInput.of(blob, "certificate");
    SshCertificateDraft content = content(in);
    Bytes signed = Bytes.of(Arrays.copyOf(blob.toArray(), in.position()));
    SshSignature signature =
        SshSignature.read(in.inside("signature"), content.signatureKey().key());
    in.end();
    return new SshCertificate(content, signed, signature);
  }

  private static SshCertificateDraft content(SshInput in) {
    SshKeyType type = type(in);
    Bytes nonce = in.string();
    var key = new SshPublicKey(KeyBlobs.fields(type, in));
    long serial = in.uint64();
    Kind kind = kind(in);
    String keyId = in.text();
    List<String> principals = principals(in.inside("list of principals"));
    Instant validAfter = second(in);
    Instant validBefore = second(in);
    SortedMap<String, String> critical = options(in.inside("list of critical options"));
    SortedMap<String, String> extensions = options(in.inside("list of extensions"));
    in.inside("reserved field").end();
    SshPublicKey signatureKey = SshPublicKey.ofBlob(in.string());
    try {
      return new SshCertificateDraft(
          kind,
          nonce,
          key,
          new SshSerial(serial),
          keyId,
          principals,
          validAfter,
          validBefore,
          critical,
          extensions,
          signatureKey);
    } catch (IllegalArgumentException e) {
      throw in.bad(e.getMessage());
    }
  }

  private static SshKeyType type(SshInput in) {
    String name = in.text();
    return SshKeyType.ofCertificateName(name)
        .orElseThrow(() ->
            in.bad(
                "%s is no type of certificate known here".formatted(Identifier.printable(name))));
  }

  private static Kind kind(SshInput in) {
    return switch (in.uint32()) {
      case 1 -> Kind.USER;
      case 2 -> Kind.HOST;
      default -> throw in.bad("it is neither a user's nor a host's");
    };
  }

  private static List<String> principals(SshInput in) {
    List<String> names = new ArrayList<>();
    while (in.hasMore()) {
      names.add(in.text());
    }
    return names;
  }

  /**
   * "Forever" is the largest number there is, and is refused with all others past the year 9999.
   */
  private static Instant second(SshInput in) {
    long seconds = in.uint64();
    if (seconds < 0 || seconds > SshCertificateDraft.LATEST.getEpochSecond()) {
      throw in.bad("it has no end that is a date; give its maker one (ssh-keygen -V)");
    }
    return Instant.ofEpochSecond(seconds);
  }

  private static SortedMap<String, String> options(SshInput in) {
    SortedMap<String, String> options = new TreeMap<>();
    while (in.hasMore()) {
      String name = in.text();
      if (!options.isEmpty() && options.lastKey().compareTo(name) >= 0) {
        throw in.bad("%s is not in its place".formatted(Identifier.printable(name)));
      }
      options.put(name, value(in.inside("value of an option")));
    }
    return options;
  }

  private static String value(SshInput in) {
    if (!in.hasMore()) {
      return "";
    }
    String value = in.text();
    in.end();
    if (value.isEmpty()) {
      throw in.bad("it is an empty text where a flag has nothing");
    }
    return value;
  }
}
