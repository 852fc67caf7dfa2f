package io.carousel.events.openssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import io.carousel.events.Identifier;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.UnreadableDer;
import java.util.Arrays;

/** Reads public keys, alone and where a certificate holds one. */
final class KeyBlobs {
  private KeyBlobs() {}

  static SubjectPublicKey read(Bytes blob) {
    SshInput in = SshInput.of(blob, "public key");
    String name = in.text();
    SshKeyType type =
        SshKeyType.ofKeyName(name)
            .orElseThrow(() ->
                in.bad("%s is no type of key known here".formatted(Identifier.printable(name))));
    SubjectPublicKey key = fields(type, in);
    in.end();
    return key;
  }

  /** What stands after the name of the type. */
  static SubjectPublicKey fields(SshKeyType type, SshInput in) {
    try {
      return switch (type) {
        case RSA -> rsa(in);
        case P256, P384 -> ec(type, in);
        case ED25519 -> new SubjectPublicKey.Ed25519(in.string());
      };
    } catch (UnreadableDer e) {
      throw in.bad(e.getMessage());
    }
  }

  private static SubjectPublicKey rsa(SshInput in) {
    var exponent = in.positive();
    return new SubjectPublicKey.Rsa(in.positive(), exponent);
  }

  private static SubjectPublicKey ec(SshKeyType type, SshInput in) {
    byte[] curve = in.string().toArray();
    if (!Arrays.equals(curve, type.curveName().getBytes(US_ASCII))) {
      throw in.bad("the curve in it is not that of its type");
    }
    return SubjectPublicKey.Ec.ofPoint(type.curve(), in.string().toArray());
  }
}
