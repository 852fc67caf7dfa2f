package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.CaRequest;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.Suite;
import io.carousel.events.UnreadableDer;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * Whether a certification request is, octet by octet, the one that was asked for (PKCS#10, RFC 2986
 * and RFC 2985, section 5.4.2): an external root may copy what it says.
 */
final class CaRequestCheck {
  private static final HexFormat HEX = HexFormat.of();
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int ATTRIBUTES = 0xa0;
  private static final byte[] EXTENSION_REQUEST = HEX.parseHex("06092a864886f70d01090e");
  // Critical, CA, path length 0.
  private static final byte[] BASIC_CONSTRAINTS =
      HEX.parseHex("0603551d130101ff040830060101ff020100");
  // Critical, keyCertSign and cRLSign.
  private static final byte[] KEY_USAGE = HEX.parseHex("0603551d0f0101ff040403020106");
  private static final byte[] KEY_IDENTIFIER = HEX.parseHex("0603551d0e");

  private CaRequestCheck() {}

  /** What is wrong with it. */
  static Optional<String> flaw(Bytes request, SignCaRequest asked) {
    CaRequest parts;
    try {
      parts = CaRequest.read(request);
    } catch (UnreadableDer e) {
      return Optional.of("it cannot be read: " + e.getMessage());
    }
    if (!parts.publicKey().equals(asked.publicKey())) {
      return Optional.of("its public key is another");
    }
    if (!parts.algorithm().equals(algorithm(asked.suite()))) {
      return Optional.of("its signature algorithm is not that of suite " + asked.suite());
    }
    if (!Proofs.verifies(
        asked.suite(), asked.publicKey(), parts.info().toArray(), parts.signature())) {
      return Optional.of("it does not verify under its own key");
    }
    if (!isNamed(parts.subject(), asked.subject())) {
      return Optional.of("its subject is another");
    }
    return parts.attributes().equals(attributes(asked.publicKey()))
        ? Optional.empty()
        : Optional.of("it asks for other extensions than those of a CA of path length 0");
  }

  private static boolean isNamed(Bytes subject, String wanted) {
    try {
      return new X500Principal(subject.toArray())
          .getName()
          .equals(new X500Principal(wanted).getName());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** With NULL parameters for RSA (RFC 4055, section 5), with none for others. */
  private static Bytes algorithm(Suite suite) {
    return Bytes.of(
        HEX.parseHex(
            switch (suite) {
              case RSA_2048, RSA_3072, RSA_4096 -> "300d06092a864886f70d01010b0500";
              case ECDSA_P256 -> "300a06082a8648ce3d040302";
              case ECDSA_P384 -> "300a06082a8648ce3d040303";
              case ED25519 -> "300506032b6570";
            }));
  }

  private static Bytes attributes(Bytes publicKey) {
    byte[] extensions =
        element(
            SEQUENCE,
            element(SEQUENCE, BASIC_CONSTRAINTS),
            element(SEQUENCE, KEY_USAGE),
            element(SEQUENCE, KEY_IDENTIFIER, CaCheck.keyIdentifier(publicKey)));
    byte[] attribute = element(SEQUENCE, EXTENSION_REQUEST, element(SET, extensions));
    return Bytes.of(element(ATTRIBUTES, attribute));
  }

  /** Of fewer than 128 octets, whose length is one octet. */
  private static byte[] element(int tag, byte[]... parts) {
    var content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    var out = new ByteArrayOutputStream();
    out.write(tag);
    out.write(content.size());
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
