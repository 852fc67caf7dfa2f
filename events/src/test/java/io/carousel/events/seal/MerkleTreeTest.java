package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The tree, against known roots and against the definitions of RFC 9162 written down anew. */
class MerkleTreeTest {
  /** The entries and roots by which other implementations of the same tree test themselves. */
  private static final List<byte[]> ENTRIES =
      Stream.of(
              "",
              "00",
              "10",
              "2021",
              "3031",
              "40414243",
              "5051525354555657",
              "606162636465666768696a6b6c6d6e6f")
          .map(HexFormat.of()::parseHex)
          .toList();

  private static final List<String> ROOTS =
      List.of(
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  @Test
  void rootsAreThoseThatEverybodyGets() {
    for (int size = 1; size <= ENTRIES.size(); size++) {
      byte[] root = MerkleTree.over(ENTRIES.subList(0, size)).root();
      assertThat(HexFormat.of().formatHex(root)).isEqualTo(ROOTS.get(size - 1));
    }
  }

  @Property(tries = 300)
  void treeAndPathsAreThoseOfTheRfc(
      @ForAll @IntRange(min = 1, max = 600) int size, @ForAll @IntRange(max = 599) int any) {
    List<byte[]> entries = entries(size);
    int index = any % size;
    MerkleTree tree = MerkleTree.over(entries);

    assertThat(tree.root()).isEqualTo(rfcRoot(entries));
    assertThat(tree.path(index)).containsExactlyElementsOf(rfcPath(index, entries));
    assertThat(MerkleTree.rootOf(entries.get(index), index, size, tree.path(index)))
        .isEqualTo(tree.root());
  }

  @Property(tries = 300)
  void oneChangedBitLeadsElsewhere(
      @ForAll @IntRange(min = 1, max = 600) int size,
      @ForAll @IntRange(max = 599) int any,
      @ForAll @IntRange(max = 100_000) int bit) {
    List<byte[]> entries = entries(size);
    int index = any % size;
    MerkleTree tree = MerkleTree.over(entries);
    var parts = new ArrayList<byte[]>();
    parts.add(entries.get(index));
    parts.addAll(tree.path(index));
    flip(parts, bit);

    assertThat(MerkleTree.rootOf(parts.getFirst(), index, size, parts.subList(1, parts.size())))
        .isNotEqualTo(tree.root());
  }

  @Property(tries = 300)
  void aProofServesOnePlaceOnly(
      @ForAll @IntRange(min = 2, max = 600) int size,
      @ForAll @IntRange(max = 599) int any,
      @ForAll @IntRange(max = 599) int other) {
    List<byte[]> entries = entries(size);
    int index = any % size;
    int elsewhere = other % size;
    MerkleTree tree = MerkleTree.over(entries);
    List<byte[]> path = tree.path(index);

    if (elsewhere != index) {
      assertNotRoot(tree, () -> MerkleTree.rootOf(entries.get(index), elsewhere, size, path));
      assertNotRoot(tree, () -> MerkleTree.rootOf(entries.get(elsewhere), index, size, path));
    }
    assertForged(() -> MerkleTree.rootOf(entries.get(index), size, size, path));
    assertForged(() -> MerkleTree.rootOf(entries.get(index), -1 - index, size, path));
    assertForged(() -> MerkleTree.rootOf(entries.get(index), index, -size, path));
    assertForged(
        () -> MerkleTree.rootOf(entries.get(index), index, size, path.subList(1, path.size())));
    var longer = new ArrayList<>(path);
    longer.add(tree.root());
    assertForged(() -> MerkleTree.rootOf(entries.get(index), index, size, longer));
  }

  @Test
  void aTreeHasEntriesAndPathsForThemAlone() {
    assertThatIllegalArgumentException().isThrownBy(() -> MerkleTree.over(List.of()));
    MerkleTree tree = MerkleTree.over(entries(3));
    assertThat(tree.size()).isEqualTo(3);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> tree.path(3));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> tree.path(-1));
  }

  private static void assertNotRoot(MerkleTree tree, java.util.function.Supplier<byte[]> root) {
    try {
      assertThat(root.get()).isNotEqualTo(tree.root());
    } catch (ForgedRecord e) {
      assertThat(e).hasMessageContaining("proof");
    }
  }

  private static void assertForged(org.assertj.core.api.ThrowableAssert.ThrowingCallable proving) {
    assertThatExceptionOfType(ForgedRecord.class).isThrownBy(proving);
  }

  private static void flip(List<byte[]> parts, int any) {
    int bits = parts.stream().mapToInt(p -> 8 * p.length).sum();
    int bit = any % bits;
    for (int i = 0; i < parts.size(); i++) {
      byte[] part = parts.get(i).clone();
      if (bit < 8 * part.length) {
        part[bit / 8] ^= (byte) (1 << bit % 8);
        parts.set(i, part);
        return;
      }
      bit -= 8 * part.length;
    }
  }

  private static List<byte[]> entries(int size) {
    return IntStream.range(0, size).mapToObj(i -> ("entry " + i).getBytes(UTF_8)).toList();
  }

  /** MTH of RFC 9162, section 2.1.1. */
  private static byte[] rfcRoot(List<byte[]> entries) {
    if (entries.size() == 1) {
      return sha(new byte[] {0}, entries.getFirst());
    }
    int k = Integer.highestOneBit(entries.size() - 1);
    return sha(
        new byte[] {1},
        rfcRoot(entries.subList(0, k)),
        rfcRoot(entries.subList(k, entries.size())));
  }

  /** PATH of RFC 9162, section 2.1.3.1. */
  private static List<byte[]> rfcPath(int m, List<byte[]> entries) {
    if (entries.size() == 1) {
      return List.of();
    }
    int k = Integer.highestOneBit(entries.size() - 1);
    List<byte[]> left = entries.subList(0, k);
    List<byte[]> right = entries.subList(k, entries.size());
    var path = new ArrayList<>(m < k ? rfcPath(m, left) : rfcPath(m - k, right));
    path.add(rfcRoot(m < k ? right : left));
    return path;
  }

  private static byte[] sha(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    try {
      return MessageDigest.getInstance("SHA-256").digest(all.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
