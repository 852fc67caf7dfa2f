package io.carousel.events.seal;

import io.carousel.events.AuthorName;
import io.carousel.events.Bytes;
import io.carousel.events.HouseId;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A process that signs what it writes, with an Ed25519 key of its own. Thread-safe. */
public final class Author {
  private final HouseId house;
  private final AuthorName name;
  private final byte[] seed;
  private final Bytes publicKey;

  /** An author of that house with that key pair. */
  public Author(HouseId house, AuthorName name, KeyPair pair) {
    this.house = house;
    this.name = name;
    this.seed = Ed25519Signature.seed(pair.getPrivate());
    this.publicKey = Bytes.of(pair.getPublic().getEncoded());
  }

  /** A new key pair. */
  public static KeyPair newKey() {
    return Ed25519Signature.newKey();
  }

  /** Its house. */
  public HouseId house() {
    return house;
  }

  /** Its name. */
  public AuthorName name() {
    return name;
  }

  /** SubjectPublicKeyInfo. */
  public Bytes publicKey() {
    return publicKey;
  }

  /** What its records say of where they come from. */
  public String source() {
    return source(house, name);
  }

  static String source(HouseId house, AuthorName author) {
    return prefix(house) + author;
  }

  /**
   * The name in a record's source, whatever its house.
   *
   * @throws ForgedRecord if there is none
   */
  static AuthorName named(String source) {
    try {
      return new AuthorName(source.substring(source.lastIndexOf('/') + 1));
    } catch (IllegalArgumentException e) {
      throw new ForgedRecord("the record names no author: " + e.getMessage());
    }
  }

  /** What every source of that house begins with. */
  static String prefix(HouseId house) {
    return "/houses/" + house + "/authors/";
  }

  /** A record of this author, not yet signed, with the headers that every record has. */
  public Message draft(
      String topic, String key, String id, String type, Instant time, byte[] value) {
    return draft(topic, key, id, type, time, value, Map.of());
  }

  /** As above, with more headers. */
  public Message draft(
      String topic,
      String key,
      String id,
      String type,
      Instant time,
      byte[] value,
      Map<String, String> more) {
    var headers = new TreeMap<>(more);
    headers.put(Message.SPEC_VERSION, "1.0");
    headers.put(Message.ID, id);
    headers.put(Message.SOURCE, source());
    headers.put(Message.TYPE, type);
    headers.put(Message.TIME, time.toString());
    headers.put(Message.CONTENT_TYPE, "application/json");
    return new Message(topic, key, headers, value);
  }

  /** The same records in the same order, signed together: one signature, whatever their number. */
  public List<Message> seal(List<Message> drafts) {
    return seal(drafts, drafts.stream().map(MessageHash::of).toList());
  }

  /** As {@link #seal(List)}, where the hashes are known already. */
  public List<Message> seal(List<Message> drafts, List<byte[]> hashes) {
    if (hashes.size() != drafts.size()) {
      throw new IllegalArgumentException(
          "%d hashes for %d records".formatted(hashes.size(), drafts.size()));
    }
    if (drafts.isEmpty()) {
      return List.of();
    }
    MerkleTree tree = MerkleTree.over(hashes);
    byte[] signature =
        Ed25519Signature.sign(seed, BatchSignature.statement(source(), tree.size(), tree.root()));
    var sealed = new ArrayList<Message>(drafts.size());
    for (int i = 0; i < drafts.size(); i++) {
      String text = new BatchSignature(i, tree.size(), signature, tree.path(i)).text();
      sealed.add(drafts.get(i).with(Message.SIGNATURE, text));
    }
    return sealed;
  }
}
