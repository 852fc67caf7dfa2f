package io.carousel.events;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** Addresses as octets and as text, without asking anybody. */
public final class IpAddress {
  private static final Pattern LOOKS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*");
  private static final int GROUPS = 8;

  private IpAddress() {}

  /**
   * The 4 or 16 octets of an address.
   *
   * @throws IllegalArgumentException if it is no address; names are not looked up
   */
  public static byte[] octets(String text) {
    if (!LOOKS.matcher(text).matches()) {
      throw new IllegalArgumentException(Identifier.printable(text) + " is no address");
    }
    return InetAddress.ofLiteral(text).getAddress();
  }

  /**
   * Its one text: dotted decimals, or as RFC 5952, section 4 has it.
   *
   * @throws IllegalArgumentException unless there are 4 or 16 octets
   */
  public static String text(byte[] octets) {
    if (octets.length == 4) {
      return dotted(octets);
    }
    if (octets.length != 2 * GROUPS) {
      throw new IllegalArgumentException("an address has 4 or 16 octets");
    }
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = ((octets[2 * i] & 0xff) << 8) | (octets[2 * i + 1] & 0xff);
    }
    return colons(groups);
  }

  private static String dotted(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets).getHostAddress();
    } catch (UnknownHostException e) {
      throw new AssertionError("four octets are an address", e);
    }
  }

  /** The first of the longest runs of zeros, of two at least, is left out. */
  private static String colons(int[] groups) {
    int begin = -1;
    int longest = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > longest) {
        begin = i;
        longest = end - i;
      }
    }
    return begin < 0
        ? hex(groups, 0, GROUPS)
        : hex(groups, 0, begin) + "::" + hex(groups, begin + longest, GROUPS);
  }

  private static String hex(int[] groups, int from, int to) {
    var text = new StringJoiner(":");
    for (int i = from; i < to; i++) {
      text.add(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
