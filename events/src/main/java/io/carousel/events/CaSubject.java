package io.carousel.events;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * What the CA certificates of an authority are called: a distinguished name (RFC 4514), the most
 * special part first, as {@code CN=Example Issuing CA,O=Example,C=DE}. Generation and slot are
 * added to its common name, so that no two CA certificates have the same name; without a common
 * name it gets one after the authority.
 */
public record CaSubject(String value) implements Identifier {
  /** Longest text; in characters. */
  private static final int LIMIT = 500;

  /** Most characters of a common name (RFC 5280, appendix A.1, ub-common-name). */
  public static final int COMMON_NAME_LIMIT = 64;

  private static final String COMMON_NAME = "CN";
  private static final String COUNTRY = "C";

  /** Upper bounds in characters (RFC 5280, appendix A.1; RFC 4519 has none for the rest). */
  private static final Map<String, Integer> BOUNDS =
      new TreeMap<>(
          Map.of(
              COMMON_NAME,
              COMMON_NAME_LIMIT,
              "O",
              64,
              "OU",
              64,
              "L",
              128,
              "ST",
              128,
              COUNTRY,
              2,
              "SERIALNUMBER",
              64,
              "STREET",
              128,
              "DC",
              63));

  /** Attributes of which a name may have several. */
  private static final Set<String> REPEATABLE = Set.of("OU", "DC");

  /** Checks the form. */
  public CaSubject {
    if (value == null || value.length() > LIMIT || !value.equals(Identifier.plain(value, LIMIT))) {
      throw unfit(value, "it has more than %d characters, or control characters".formatted(LIMIT));
    }
    List<Rdn> parts = parts(value);
    if (parts.isEmpty()) {
      throw unfit(value, "it is empty");
    }
    Set<String> seen = new HashSet<>();
    for (Rdn part : parts) {
      check(value, part, seen);
    }
  }

  private static void check(String whole, Rdn part, Set<String> seen) {
    if (part.size() != 1) {
      throw unfit(whole, "a part of it has several attributes joined by '+'");
    }
    String type = type(part);
    Integer bound = BOUNDS.get(type);
    if (bound == null) {
      throw unfit(
          whole,
          "%s is no attribute that every reader knows; use %s"
              .formatted(Identifier.printable(part.getType()), String.join(", ", BOUNDS.keySet())));
    }
    if (!seen.add(type) && !REPEATABLE.contains(type)) {
      throw unfit(whole, "it has more than one " + type);
    }
    if (!(part.getValue() instanceof String text) || text.isBlank()) {
      throw unfit(whole, "%s has no text".formatted(type));
    }
    if (text.codePointCount(0, text.length()) > bound) {
      throw unfit(
          whole,
          "%s has %d characters, and at most %d are allowed (RFC 5280, appendix A.1)"
              .formatted(type, text.codePointCount(0, text.length()), bound));
    }
    if (type.equals(COUNTRY) && !text.matches("[A-Z]{2}")) {
      throw unfit(whole, "C is a country's code of two capital letters, as DE");
    }
    if ((type.equals("DC") || type.equals("SERIALNUMBER")) && !text.matches("[A-Za-z0-9 -]+")) {
      throw unfit(whole, "%s holds letters, digits and hyphens alone".formatted(type));
    }
  }

  /**
   * The name of one CA certificate (RFC 4514).
   *
   * @throws IllegalArgumentException if its common name would be longer than readers take
   */
  public String of(AuthorityName authority, int generation, SlotName slot) {
    String mark = " G%d %s".formatted(generation, slot);
    List<String> texts = new ArrayList<>();
    boolean named = false;
    for (Rdn part : parts(value)) {
      boolean common = type(part).equals(COMMON_NAME);
      named |= common;
      String text = (String) part.getValue();
      texts.add(type(part) + "=" + Rdn.escapeValue(common ? bounded(text + mark) : text));
    }
    if (!named) {
      texts.addFirst(COMMON_NAME + "=" + bounded(authority + mark));
    }
    return String.join(",", texts);
  }

  private static String bounded(String commonName) {
    int length = commonName.codePointCount(0, commonName.length());
    if (length > COMMON_NAME_LIMIT) {
      throw new IllegalArgumentException(
          "the common name '%s' of a CA certificate would have %d characters, and readers take %d (RFC 5280, appendix A.1); use a shorter CN, which generation and slot are added to"
              .formatted(commonName, length, COMMON_NAME_LIMIT));
    }
    return commonName;
  }

  private static String type(Rdn part) {
    return part.getType().toUpperCase(java.util.Locale.ROOT);
  }

  /** As written: the most special first. */
  private static List<Rdn> parts(String text) {
    try {
      return new LdapName(text).getRdns().reversed();
    } catch (InvalidNameException | IllegalArgumentException e) {
      throw unfit(text, "it cannot be read; write attributes as CN=Example CA,O=Example,C=DE");
    }
  }

  private static IllegalArgumentException unfit(String value, String why) {
    return new IllegalArgumentException(
        "%s is no subject of CA certificates (RFC 4514): %s"
            .formatted(Identifier.printable(value), why));
  }

  @Override
  public String toString() {
    return value;
  }
}
