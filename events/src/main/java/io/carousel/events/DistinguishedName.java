package io.carousel.events;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A distinguished name (RFC 5280, section 4.1.2.4), as it stands in a certificate, a request or a
 * CRL.
 *
 * @param der all of it
 */
public record DistinguishedName(Bytes der) {
  private static final int SET = 0x31;

  /**
   * That name.
   *
   * @param der as {@code X500Principal.getEncoded()} gives it
   */
  public static DistinguishedName of(byte[] der) {
    return new DistinguishedName(Bytes.of(der));
  }

  /**
   * Whether both name the same (RFC 5280, section 7.1): as many relative names in the same order,
   * each with the same attributes in whatever order, whose values are equal after the preparation
   * of RFC 4518, however they are encoded. Values that are no texts must be the same octets, and so
   * must names that cannot be read.
   */
  public boolean matches(DistinguishedName other) {
    if (der.equals(other.der)) {
      return true;
    }
    try {
      List<List<NameAttribute>> own = parts();
      List<List<NameAttribute>> others = other.parts();
      boolean all = own.size() == others.size();
      for (int i = 0; all && i < own.size(); i++) {
        all = same(own.get(i), others.get(i));
      }
      return all;
    } catch (UnreadableDer e) {
      return false;
    }
  }

  /** Each attribute of the one has its own that matches in the other. */
  private static boolean same(List<NameAttribute> one, List<NameAttribute> other) {
    var rest = new ArrayList<>(other);
    for (NameAttribute attribute : one) {
      Optional<NameAttribute> match = rest.stream().filter(attribute::matches).findFirst();
      if (match.isEmpty()) {
        return false;
      }
      rest.remove(match.get());
    }
    return rest.isEmpty();
  }

  /**
   * Where both differ first, in words that also tell apart what looks the same: types, texts and
   * octets; empty if they match.
   *
   * @param here what this name is called in it, such as "in the certificate"
   * @param there what the other is called
   */
  public Optional<String> difference(String here, DistinguishedName other, String there) {
    if (matches(other)) {
      return Optional.empty();
    }
    try {
      List<List<NameAttribute>> own = parts();
      List<List<NameAttribute>> others = other.parts();
      for (int i = 0; i < Math.min(own.size(), others.size()); i++) {
        if (!same(own.get(i), others.get(i))) {
          return Optional.of(
              "part %d is %s %s, and %s %s"
                  .formatted(i + 1, words(own.get(i)), here, words(others.get(i)), there));
        }
      }
      return Optional.of(
          "it has %d parts %s, and %d %s".formatted(own.size(), here, others.size(), there));
    } catch (UnreadableDer e) {
      return Optional.of("one of both cannot be read: " + e.getMessage());
    }
  }

  private static String words(List<NameAttribute> part) {
    return part.stream().map(NameAttribute::words).collect(Collectors.joining(" + "));
  }

  private List<List<NameAttribute>> parts() {
    var outer = new Der.Reader(der.toArray());
    var sequence = new Der.Reader(outer.contents(Der.SEQUENCE));
    outer.end();
    List<List<NameAttribute>> parts = new ArrayList<>();
    while (sequence.hasMore()) {
      var set = new Der.Reader(sequence.contents(SET));
      List<NameAttribute> attributes = new ArrayList<>();
      while (set.hasMore()) {
        attributes.add(NameAttribute.read(set.contents(Der.SEQUENCE)));
      }
      parts.add(attributes);
    }
    return parts;
  }

  /** Its octets in hex, for messages. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(der.toArray());
  }
}
