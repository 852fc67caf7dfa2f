package io.carousel.events.seal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Merkle tree over a batch (RFC 9162, section 2.1): leaves are hashed after a zero byte, nodes
 * after a one byte, an odd node rises as it is.
 */
public final class MerkleTree {
  private final List<List<byte[]>> levels = new ArrayList<>();

  private MerkleTree(Sha256 sha, List<byte[]> leaves) {
    List<byte[]> level = leaves;
    levels.add(level);
    while (level.size() > 1) {
      var above = new ArrayList<byte[]>((level.size() + 1) / 2);
      for (int i = 0; i + 1 < level.size(); i += 2) {
        above.add(sha.node(level.get(i), level.get(i + 1)));
      }
      if (level.size() % 2 == 1) {
        above.add(level.getLast());
      }
      level = above;
      levels.add(level);
    }
  }

  /** A tree over those entries; at least one. */
  public static MerkleTree over(List<byte[]> entries) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("a tree needs at least one entry");
    }
    var sha = new Sha256();
    return new MerkleTree(sha, entries.stream().map(sha::leaf).toList());
  }

  /** 32 bytes. */
  public byte[] root() {
    return levels.getLast().getFirst().clone();
  }

  /** How many entries. */
  public int size() {
    return levels.getFirst().size();
  }

  /**
   * The inclusion proof of that entry, from the bottom (RFC 9162, section 2.1.3.1).
   *
   * @throws IndexOutOfBoundsException if there is no such entry
   */
  public List<byte[]> path(int index) {
    var path = new ArrayList<byte[]>();
    int i = Objects.checkIndex(index, size());
    for (List<byte[]> level : levels.subList(0, levels.size() - 1)) {
      int sibling = i ^ 1;
      if (sibling < level.size()) {
        path.add(level.get(sibling));
      }
      i >>= 1;
    }
    return path;
  }

  /**
   * The root that such a proof leads to (RFC 9162, section 2.1.3.2).
   *
   * @param path hashes of 32 bytes
   * @throws ForgedRecord if the proof is too short or too long for its place
   */
  public static byte[] rootOf(byte[] entry, int index, int size, List<byte[]> path) {
    return rootOf(new Sha256(), entry, index, size, path);
  }

  static byte[] rootOf(Sha256 sha, byte[] entry, int index, int size, List<byte[]> path) {
    if (index < 0 || index >= size) {
      throw new ForgedRecord("a proof for entry %d of %d".formatted(index, size));
    }
    byte[] hash = sha.leaf(entry);
    int i = index;
    int last = size - 1;
    for (byte[] sibling : path) {
      if (last == 0) {
        throw new ForgedRecord("the proof of authorship is too long");
      }
      if (i % 2 == 1 || i == last) {
        hash = sha.node(sibling, hash);
        while (i % 2 == 0 && i != 0) {
          i >>= 1;
          last >>= 1;
        }
      } else {
        hash = sha.node(hash, sibling);
      }
      i >>= 1;
      last >>= 1;
    }
    if (last != 0) {
      throw new ForgedRecord("the proof of authorship is too short");
    }
    return hash;
  }
}
