package io.carousel.events.openssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import io.carousel.events.openssh.Krl.Revoked;
import io.carousel.events.openssh.SshCertificateDraft.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ssh-keygen -Q} as a judge of revocation lists, and its own lists read here. */
class KeygenKrlTest {
  private static final SshPublicKey KEY = Drafts.key(Suite.ED25519);
  private static final SshPublicKey OTHER_KEY = Drafts.key(Suite.ECDSA_P384);

  @TempDir Path files;

  @BeforeEach
  void installed() {
    Tool.need("ssh-keygen");
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void serialNumbersOfOneCaAreRevokedAndNoOthers(Suite ca) throws IOException {
    var serials =
        SshSerials.ofRanges(
            List.of(Krls.range(5, 5), Krls.range(9, 10), Krls.range(20, 40), Krls.range(-3, -2)));
    Krl krl = Krls.of(List.of(Krls.revoked(Drafts.key(ca), serials)), Set.of(), Set.of());
    Suite other = ca == Suite.ED25519 ? Suite.ECDSA_P256 : Suite.ED25519;
    Map<String, SshCertificate> certificates = new TreeMap<>();
    for (long serial :
        new long[] {1, 4, 5, 6, 8, 9, 10, 11, 19, 20, 21, 39, 40, 41, -4, -3, -2, -1}) {
      certificates.put("s" + serial, certificate(ca, serial, "id"));
      certificates.put("o" + serial, certificate(other, serial, "id"));
    }
    assertThat(judged(krl, certificates))
        .containsExactlyInAnyOrder("s5", "s9", "s10", "s20", "s21", "s39", "s40", "s-3", "s-2");
  }

  @Test
  void keyIdsOfOneCaAreRevokedAndNoOthers() throws IOException {
    Revoked ids = Krls.revoked(Drafts.key(Suite.RSA_3072), SshSerials.NONE, "laptop 7", "x");
    Krl krl = Krls.of(List.of(ids), Set.of(), Set.of());
    assertThat(
            judged(
                krl,
                Map.of(
                    "laptop", certificate(Suite.RSA_3072, 1, "laptop 7"),
                    "x", certificate(Suite.RSA_3072, 2, "x"),
                    "longer", certificate(Suite.RSA_3072, 3, "laptop 77"),
                    "other", certificate(Suite.ED25519, 4, "laptop 7"))))
        .containsExactlyInAnyOrder("laptop", "x");
  }

  @Test
  void whatIsRevokedForEveryCaIs() throws IOException {
    Krl krl = Krls.of(List.of(Krls.revoked(null, Krls.serials(7), "id 9")), Set.of(), Set.of());
    assertThat(
            judged(
                krl,
                Map.of(
                    "a7", certificate(Suite.ECDSA_P256, 7, "id"),
                    "b7", certificate(Suite.ED25519, 7, "id"),
                    "a8", certificate(Suite.ECDSA_P256, 8, "id"),
                    "a9", certificate(Suite.ECDSA_P256, 9, "id 9"))))
        .containsExactlyInAnyOrder("a7", "b7", "a9");
  }

  /** And with a key its certificates, and with a CA's key all that it signed. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keysAreRevokedAndNoOthers(boolean byFingerprint) throws IOException {
    Set<SshPublicKey> keys = Set.of(KEY, Drafts.key(Suite.RSA_2048));
    Krl krl =
        byFingerprint
            ? Krls.of(
                List.of(),
                Set.of(),
                keys.stream().map(key -> key.blob().digest()).collect(Collectors.toSet()))
            : Krls.of(List.of(), keys, Set.of());
    assertThat(
            judged(
                krl,
                Map.of(
                    "of key", Drafts.signed(draft(KEY, Suite.ECDSA_P256, 1, "id")),
                    "by key", Drafts.signed(draft(OTHER_KEY, Suite.RSA_2048, 1, "id")),
                    "neither", Drafts.signed(draft(OTHER_KEY, Suite.ECDSA_P256, 1, "id")))))
        .containsExactlyInAnyOrder("of key", "by key");
    for (Suite suite : Suite.values()) {
      SshPublicKey key = Drafts.key(suite);
      assertThat(krl.revokes(key)).isEqualTo(keys.contains(key));
      assertThat(isRevoked(krl.bytes(), key.line())).as(key.line()).isEqualTo(keys.contains(key));
    }
  }

  /** Lists of any content, judged by both: the seed tells which. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void bothJudgeAlike(long seed) throws IOException {
    var random = new Random(seed);
    List<SshSerialRange> ranges = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      long first = 1 + random.nextLong(300);
      ranges.add(Krls.range(first, first + random.nextLong(8)));
    }
    Revoked revoked =
        Krls.revoked(Drafts.key(Suite.ED25519), SshSerials.ofRanges(ranges), "id " + seed);
    Krl krl = Krls.of(List.of(revoked), Set.of(), Set.of());
    Map<String, SshCertificate> certificates = new TreeMap<>();
    for (long serial = 1; serial < 312; serial += 1 + random.nextInt(12)) {
      certificates.put("s" + serial, certificate(Suite.ED25519, serial, "id " + serial));
    }
    assertThat(judged(krl, certificates)).isNotEmpty().hasSizeLessThan(certificates.size());
  }

  @Test
  void itsOwnListsAreRead() throws IOException {
    Path ca = Files.writeString(files.resolve("ca.pub"), Drafts.key(Suite.ECDSA_P256).line());
    var dense = LongStream.iterate(1000, n -> n + 3).limit(400).boxed().toList();
    String spec =
        "serial: 5\nserial: 9-10\nserial: 20-4000000000\nserial: 18446744073709551615\n"
            + "id: laptop 7\n"
            + dense.stream()
                .map(n -> "serial: " + (n + 5_000_000_000L) + "\n")
                .collect(Collectors.joining());
    Path byCa = Files.writeString(files.resolve("by-ca"), spec);
    Path byKey =
        Files.writeString(
            files.resolve("by-key"),
            "key: " + KEY.line() + "\nhash: " + OTHER_KEY.fingerprint() + "\n");
    Path list = files.resolve("list");
    Tool.keygen("-q", "-k", "-f", list, "-s", ca, "-z", "42", byCa).good();
    Tool.keygen("-q", "-k", "-u", "-f", list, "-z", "43", byKey).good();
    Krl read = Krl.read(Bytes.of(Files.readAllBytes(list)));
    assertThat(Files.size(list)).as("it holds a bitmap").isLessThan(400L * Long.BYTES);
    assertThat(read.version()).isEqualTo(43);
    assertThat(read.keys()).containsExactly(KEY);
    assertThat(read.fingerprints()).containsExactly(OTHER_KEY.blob().digest());
    List<SshSerialRange> expected = new ArrayList<>();
    expected.add(Krls.range(5, 5));
    expected.add(Krls.range(9, 10));
    expected.add(Krls.range(20, 4_000_000_000L));
    expected.add(Krls.range(-1, -1));
    dense.forEach(n -> expected.add(Krls.range(n + 5_000_000_000L, n + 5_000_000_000L)));
    assertThat(read.certificates())
        .containsExactly(
            Krls.revoked(Drafts.key(Suite.ECDSA_P256), SshSerials.ofRanges(expected), "laptop 7"));
    assertThat(isRevoked(read.bytes(), certificate(Suite.ECDSA_P256, 5_000_001_003L, "a").line()))
        .isTrue();
  }

  /** The names of the certificates that the list revokes, as ssh-keygen and we say alike. */
  private List<String> judged(Krl krl, Map<String, SshCertificate> certificates)
      throws IOException {
    List<String> revoked = new ArrayList<>();
    for (var entry : certificates.entrySet()) {
      boolean ours = krl.revokes(entry.getValue());
      assertThat(isRevoked(krl.bytes(), entry.getValue().line()))
          .as(entry.getKey())
          .isEqualTo(ours);
      if (ours) {
        revoked.add(entry.getKey());
      }
    }
    return revoked;
  }

  private boolean isRevoked(Bytes krl, String line) throws IOException {
    Path list = Files.write(files.resolve("krl"), krl.toArray());
    Path file = Files.writeString(files.resolve("asked.pub"), line + "\n");
    Tool.Said said = Tool.keygen("-Q", "-f", list, file);
    assertThat(said.text()).containsPattern(said.status() == 0 ? ": ok" : ": REVOKED");
    return said.status() != 0;
  }

  private static SshCertificate certificate(Suite ca, long serial, String id) {
    return Drafts.signed(draft(Drafts.key(Suite.ECDSA_P384), ca, serial, id));
  }

  private static SshCertificateDraft draft(SshPublicKey key, Suite ca, long serial, String id) {
    return Drafts.draft(Kind.USER, key, ca, serial, id);
  }
}
