package io.carousel.deploy.node;

import io.carousel.events.SubjectName;
import io.carousel.events.SubjectName.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a node receives participants of other machines.
 *
 * @param host an address of this machine, or a name of one
 * @param port 0: any free one
 * @param names under which participants call it, as certificates have them; at least one
 */
public record ListenAddress(String host, int port, List<SubjectName> names) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([^\\[\\]:]+)):(\\d{1,5})");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final int MOST_PORT = 65_535;

  /** Copies. */
  public ListenAddress {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("participants need a name or an address to call");
    }
  }

  /**
   * Reads {@code HOST:PORT}; an address of version 6 stands in brackets.
   *
   * @param further names or addresses under which it is called, beside the host
   * @throws IllegalArgumentException if it is none
   */
  public static ListenAddress of(String text, List<String> further) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(3)) > MOST_PORT) {
      throw new IllegalArgumentException(
          "'%s' is no address to listen on; write ADDRESS:PORT, as 127.0.0.1:8438 or [::1]:8438"
              .formatted(text));
    }
    String host = form.group(1) != null ? form.group(1) : form.group(2);
    var names = new ArrayList<SubjectName>();
    if (!isEveryAddress(host)) {
      names.add(name(host));
    }
    further.forEach(f -> names.add(name(f)));
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is every address of this machine; say under which name or address participants call it (--listen-name)"
              .formatted(host));
    }
    return new ListenAddress(host, Integer.parseInt(form.group(3)), names);
  }

  private static boolean isEveryAddress(String host) {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  private static SubjectName name(String text) {
    return SubjectName.of(ADDRESS.matcher(text).matches() ? Kind.IP : Kind.DNS, text);
  }
}
