package io.carousel.signer.token.pkcs11;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import iaik.pkcs.pkcs11.wrapper.CK_ATTRIBUTE;
import io.carousel.events.Bytes;
import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import io.carousel.signer.token.Inventory;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.token.TokenRefused;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.xipki.pkcs11.wrapper.AttributeVector;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.Session;

/** The objects of a token, as one session sees them. */
final class TokenObjects {
  /** Longer ones are not ours, and are listed without. */
  private static final int LONGEST_ID = 64;

  private final Session session;

  TokenObjects(Session session) {
    this.session = session;
  }

  /**
   * The two halves of what an id names.
   *
   * @param privates object handles of private keys
   * @param publics object handles of public keys
   */
  record Halves(long[] privates, long[] publics) {
    boolean none() {
      return privates.length == 0 && publics.length == 0;
    }

    boolean whole() {
      return privates.length == 1 && publics.length == 1;
    }

    Halves unambiguous(KeyId id) throws TokenRefused {
      if (privates.length > 1 || publics.length > 1) {
        throw new TokenRefused(
            TokenRefused.Reason.ID_AMBIGUOUS,
            "several keys have the id %s, so none of them is used".formatted(id));
      }
      return this;
    }
  }

  /** All that has that id, however many. */
  Halves halves(KeyId id) throws PKCS11Exception {
    return new Halves(
        session.findAllObjectsSingle(AttributeVector.newPrivateKey().id(id.bytes())),
        session.findAllObjectsSingle(AttributeVector.newPublicKey().id(id.bytes())));
  }

  /** The whole pair of that id, if its suite is one of ours. */
  Optional<KeyHandle> find(KeyId id) throws PKCS11Exception, TokenRefused {
    return pair(id, halves(id).unambiguous(id));
  }

  /** Ids under which a private key has that label, lowest first. */
  NavigableSet<KeyId> labelled(String label) throws PKCS11Exception {
    NavigableSet<KeyId> ids = new TreeSet<>();
    for (long key : session.findAllObjectsSingle(AttributeVector.newPrivateKey().label(label))) {
      id(key).ifPresent(ids::add);
    }
    return ids;
  }

  private Optional<KeyHandle> pair(KeyId id, Halves halves) throws PKCS11Exception {
    if (!halves.whole()) {
      return Optional.empty();
    }
    long privateKey = halves.privates()[0];
    long publicKey = halves.publics()[0];
    Optional<PublicKey> shown = publicKey(publicKey);
    if (shown.isEmpty() || !belongs(privateKey, shown.get())) {
      return Optional.empty();
    }
    Suite suite = shown.get().suite();
    String label = text(privateKey, CKA_LABEL);
    Claims claims = Claims.of(session, privateKey, suite);
    TokenKey key = new TokenKey(id, label, suite, shown.get().spki(), claims.held());
    return Optional.of(new KeyHandle(privateKey, publicKey, key, claims.denied()));
  }

  /** A public key of a known suite, as DER {@code SubjectPublicKeyInfo}. */
  record PublicKey(Suite suite, Bytes spki) {}

  /** The public key of a public object, if its suite is one of ours. */
  Optional<PublicKey> publicKey(long handle) throws PKCS11Exception {
    Long type = session.getAttrValues(handle, CKA_KEY_TYPE).keyType();
    if (type == null) {
      return Optional.empty();
    }
    if (type == CKK_RSA) {
      return rsa(handle);
    }
    return type == CKK_EC || type == CKK_EC_EDWARDS ? curve(handle) : Optional.empty();
  }

  private Optional<PublicKey> rsa(long handle) throws PKCS11Exception {
    AttributeVector shown = session.getAttrValues(handle, CKA_MODULUS, CKA_PUBLIC_EXPONENT);
    BigInteger modulus = shown.modulus();
    BigInteger exponent = shown.publicExponent();
    return modulus == null || exponent == null
        ? Optional.empty()
        : PublicKeys.modulus(modulus)
            .map(suite -> new PublicKey(suite, Bytes.of(PublicKeys.rsa(modulus, exponent))));
  }

  private Optional<PublicKey> curve(long handle) throws PKCS11Exception {
    Optional<Suite> suite = bytes(handle, CKA_EC_PARAMS).flatMap(PublicKeys::curve);
    Optional<byte[]> point = bytes(handle, CKA_EC_POINT);
    return suite.flatMap(
        s -> point.flatMap(p -> PublicKeys.ec(s, p)).map(spki -> new PublicKey(s, Bytes.of(spki))));
  }

  /** Whether the private half can be that key's: as far as its visible attributes tell. */
  private boolean belongs(long privateKey, PublicKey shown) throws PKCS11Exception {
    return switch (shown.suite().family()) {
      case RSA -> {
        BigInteger modulus = session.getAttrValues(privateKey, CKA_MODULUS).modulus();
        yield modulus != null
            && PublicKeys.modulus(modulus).filter(s -> s == shown.suite()).isPresent();
      }
      case EC, ED25519 ->
          bytes(privateKey, CKA_EC_PARAMS)
              .flatMap(PublicKeys::curve)
              .filter(s -> s == shown.suite())
              .isPresent();
    };
  }

  /** Everything the session can see: whole pairs in order of their ids, and the rest. */
  record Contents(List<KeyHandle> pairs, List<Inventory.Stray> strays) {
    Inventory inventory() {
      return new Inventory(pairs.stream().map(KeyHandle::key).toList(), strays);
    }
  }

  Contents contents() throws PKCS11Exception {
    List<Seen> seen = new ArrayList<>();
    for (long handle : session.findAllObjectsSingle(new AttributeVector())) {
      seen.add(new Seen(handle, kind(handle), id(handle), text(handle, CKA_LABEL)));
    }
    List<KeyHandle> pairs = new ArrayList<>();
    Set<Long> paired = new HashSet<>();
    for (KeyId id : ids(seen)) {
      pair(id, halves(id))
          .ifPresent(pair -> {
            pairs.add(pair);
            paired.add(pair.privateKey());
            paired.add(pair.publicKey());
          });
    }
    List<Inventory.Stray> strays =
        seen.stream().filter(s -> !paired.contains(s.handle())).map(Seen::stray).toList();
    return new Contents(pairs, strays);
  }

  private record Seen(long handle, String kind, Optional<KeyId> id, String label) {
    Inventory.Stray stray() {
      return new Inventory.Stray(kind, id.map(KeyId::value).orElse(""), label);
    }
  }

  private static NavigableSet<KeyId> ids(List<Seen> seen) {
    NavigableSet<KeyId> ids = new TreeSet<>(Comparator.comparing(KeyId::value));
    seen.forEach(s -> s.id().ifPresent(ids::add));
    return ids;
  }

  private String kind(long handle) throws PKCS11Exception {
    Long type = session.getAttrValues(handle, CKA_CLASS).class_();
    if (type == null) {
      return "object of unknown class";
    }
    if (type == CKO_PRIVATE_KEY) {
      return "private key";
    }
    if (type == CKO_PUBLIC_KEY) {
      return "public key";
    }
    if (type == CKO_SECRET_KEY) {
      return "secret key";
    }
    if (type == CKO_CERTIFICATE) {
      return "certificate";
    }
    return type == CKO_DATA ? "data" : "object of class 0x" + Long.toHexString(type);
  }

  private Optional<KeyId> id(long handle) throws PKCS11Exception {
    return Optional.ofNullable(session.getAttrValues(handle, CKA_ID).id())
        .filter(id -> id.length > 0 && id.length <= LONGEST_ID)
        .map(KeyId::of);
  }

  private String text(long handle, long type) throws PKCS11Exception {
    return Optional.ofNullable(session.getStringAttrValue(handle, type)).orElse("");
  }

  /** The attribute as the module gives it: the wrapper would guess at curves and points. */
  private Optional<byte[]> bytes(long handle, long type) throws PKCS11Exception {
    return raw(session, handle, type)
        .filter(byte[].class::isInstance)
        .map(byte[].class::cast)
        .filter(b -> b.length > 0);
  }

  /** One attribute, past the wrapper's own reading of it; empty if the object has none. */
  static Optional<Object> raw(Session session, long handle, long type) throws PKCS11Exception {
    CK_ATTRIBUTE[] attributes = {new CK_ATTRIBUTE()};
    attributes[0].type = type;
    try {
      session
          .getModule()
          .getPKCS11Module()
          .C_GetAttributeValue(session.getSessionHandle(), handle, attributes, true);
      return Optional.ofNullable(attributes[0].pValue); // another object than was put in
    } catch (iaik.pkcs.pkcs11.wrapper.PKCS11Exception e) {
      if (e.getErrorCode() == CKR_ATTRIBUTE_TYPE_INVALID
          || e.getErrorCode() == CKR_ATTRIBUTE_SENSITIVE) {
        return Optional.empty();
      }
      throw session.getModule().convertException(e);
    }
  }

  /** Destroys them, private halves first: a public half left over still says what it was. */
  void destroy(Halves halves) throws PKCS11Exception {
    for (long handle : halves.privates()) {
      session.destroyObject(handle);
    }
    for (long handle : halves.publics()) {
      session.destroyObject(handle);
    }
  }
}
