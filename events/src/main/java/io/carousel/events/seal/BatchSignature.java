package io.carousel.events.seal;

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
  private static final int FIXED = 8 + 64;
  private static final int PATH_LIMIT = 31;

  String text() {
    var out = new ByteArrayOutputStream(FIXED + 32 * path.size());
    out.writeBytes(ByteBuffer.allocate(8).putInt(index).putInt(size).array());
    out.writeBytes(signature);
    path.forEach(out::writeBytes);
    return VERSION + Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
  }

  static BatchSignature parse(String text) {
    if (!text.startsWith(VERSION)) {
      throw new ForgedRecord("the signature is of a form that this program does not know");
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text.substring(VERSION.length()));
    } catch (IllegalArgumentException e) {
      throw new ForgedRecord("the signature is not base64url");
    }
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

  /** What the author signs: a label, its source, the size of the batch and the root. */
  static byte[] statement(String source, int size, byte[] root) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(
        "carousel-batch-v1\n%s\n%d\n"
            .formatted(source, size)
            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    out.writeBytes(root);
    return out.toByteArray();
  }
}
