package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Golden;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The log format as an outsider would read it from its page, with nothing of ours but the golden
 * log: if the page and the program part, this fails.
 */
class AuditorsVerifierTest {
  private static final String HOUSE = "00112233445566778899aabbccddeeff";

  private final Map<String, byte[]> keys = new TreeMap<>();

  @Test
  void anOutsiderCanCheckTheGoldenLog() throws IOException, GeneralSecurityException {
    JsonNode log = JsonMapper.shared().readTree(Golden.read("log"));
    keys.put("orchestrator-1", Base64.getDecoder().decode(log.required("founder").asString()));
    String previous = "0".repeat(64);
    Instant before = Instant.MIN;
    int sequence = 1;
    for (JsonNode record : log.required("records")) {
      JsonNode headers = record.required("headers");
      assertThat(headers.required("ce_seq").asString()).isEqualTo(Integer.toString(sequence++));
      assertThat(headers.required("ce_previoushash").asString()).isEqualTo(previous);
      byte[] encoding = encoding(record);
      assertThat(hex(encoding)).isEqualTo(record.required("encoding").asString());
      byte[] hash = sha(encoding);
      previous = hex(hash);
      assertThat(previous).isEqualTo(record.required("hash").asString());
      assertThat(signed(headers, hash)).isTrue();
      Instant at = time(record);
      assertThat(at).isAfterOrEqualTo(before);
      before = at;
      fold(headers.required("ce_type").asString(), record.required("value").asString());
    }
    assertThat(sequence).isEqualTo(9);
    assertThat(keys).containsOnlyKeys("orchestrator-2", "worker-a");
  }

  /** The same text in header and value. */
  private static Instant time(JsonNode record) {
    JsonNode event = JsonMapper.shared().readTree(record.required("value").asString());
    String at = event.required("at").asString();
    assertThat(record.required("headers").required("ce_time").asString()).isEqualTo(at);
    return Instant.parse(at);
  }

  private static byte[] encoding(JsonNode record) throws IOException {
    var headers = new TreeMap<String, String>();
    record
        .required("headers")
        .properties()
        .forEach(h -> headers.put(h.getKey(), h.getValue().asString()));
    headers.remove("signature");
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.write("carousel-record-v1\n".getBytes(UTF_8));
    add(out, record.required("topic").asString());
    assertThat(record.required("key").isNull()).isTrue();
    out.writeInt(0xffffffff);
    out.writeInt(headers.size());
    for (Map.Entry<String, String> header : headers.entrySet()) {
      add(out, header.getKey());
      add(out, header.getValue());
    }
    add(out, record.required("value").asString());
    return bytes.toByteArray();
  }

  private static void add(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private boolean signed(JsonNode headers, byte[] hash) throws GeneralSecurityException {
    String text = headers.required("signature").asString();
    assertThat(text).startsWith("v1.");
    var in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text.substring(3)));
    int index = in.getInt();
    int size = in.getInt();
    byte[] signature = take(in, 64);
    var path = new java.util.ArrayList<byte[]>();
    while (in.hasRemaining()) {
      path.add(take(in, 32));
    }
    byte[] root = root(sha(concat(new byte[] {0}, hash)), index, size, path);
    String source = headers.required("ce_source").asString();
    String author = source.substring(("/houses/" + HOUSE + "/authors/").length());
    byte[] statement =
        concat(("carousel-batch-v1\n" + source + "\n" + size + "\n").getBytes(UTF_8), root);
    Signature ed = Signature.getInstance("Ed25519");
    ed.initVerify(
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(keys.get(author))));
    ed.update(statement);
    return ed.verify(signature);
  }

  /** From the top: the last of the path is the half of the tree in which the entry is not. */
  private static byte[] root(byte[] leaf, int index, int size, List<byte[]> path)
      throws GeneralSecurityException {
    if (size == 1) {
      assertThat(path).isEmpty();
      return leaf;
    }
    int k = Integer.highestOneBit(size - 1);
    byte[] half = path.getLast();
    List<byte[]> below = path.subList(0, path.size() - 1);
    return index < k
        ? sha(concat(new byte[] {1}, root(leaf, index, k, below), half))
        : sha(concat(new byte[] {1}, half, root(leaf, index - k, size - k, below)));
  }

  private void fold(String type, String value) {
    JsonNode event = JsonMapper.shared().readTree(value);
    switch (type) {
      case "carousel.author-enrolled.v1" ->
          keys.put(
              event.required("author").asString(),
              Base64.getDecoder().decode(event.required("publicKey").asString()));
      case "carousel.author-removed.v1" -> keys.remove(event.required("author").asString());
      default -> {
        // says nothing of who may sign
      }
    }
  }

  private static byte[] take(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static byte[] concat(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] sha(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
