package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The signature header of one record: its place in a batch, the path to the root, and the author's
 * Ed25519 signature over the root. As text: {@code v1.} and base64url of index, size (four bytes
 * each, big-endian), signature (64 bytes) and path (32 bytes each).
 */
record BatchSignature(int index, int size, byte[] signature, List<byte[]> path) {
  private static final String VERSION = "v1.";
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final int FIXED = 8 + 64;
  private static final int PATH_LIMIT = 31;

  String text() {
    var out = new ByteArrayOutputStream(FIXED + 32 * path.size());
    out.writeBytes(ByteBuffer.allocate(8).putInt(index).putInt(size).array());
    out.writeBytes(signature);
    path.forEach(out::writeBytes);
    return VERSION + ENCODER.encodeToString(out.toByteArray());
  }

  static BatchSignature parse(String text) {
    if (!text.startsWith(VERSION)) {
      throw new ForgedRecord("the signature is of a form that this program does not know");
    }
    byte[] bytes = decoded(text.substring(VERSION.length()));
    int rest = bytes.length - FIXED;
    if (rest < 0 || rest % 32 != 0 || rest / 32 > PATH_LIMIT) {
      throw new ForgedRecord("the signature has a wrong length");
    }
    var in = ByteBuffer.wrap(bytes);
    int index = in.getInt();
    int size = in.getInt();
    byte[] signature = new byte[64];
    in.get(signature);
    var path = new ArrayList<byte[]>(rest / 32);
    while (in.hasRemaining()) {
      byte[] node = new byte[32];
      in.get(node);
      path.add(node);
    }
    return new BatchSignature(index, size, signature, path);
  }

  /** Base64 can spell the same bytes in several ways; only the one that we write is taken. */
  private static byte[] decoded(String base64) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(base64);
      if (ENCODER.encodeToString(bytes).equals(base64)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // refused below
    }
    throw new ForgedRecord("the signature is not base64url");
  }

  /** What the author signs: a label, its source, the size of the batch and the root. */
  static byte[] statement(String source, int size, byte[] root) {
    byte[] lines = ("carousel-batch-v1\n" + source + "\n" + size + "\n").getBytes(UTF_8);
    return ByteBuffer.allocate(lines.length + root.length).put(lines).put(root).array();
  }
}
