package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The command that an answer answers, as its author signed it, carried in headers of the answer:
 * each of the command's headers under its name with {@value #HEADER} before it, its value as {@link
 * #VALUE} and, if it has one, its key as {@link #KEY}. Whoever reads the answer can check who asked
 * for what, however long ago the command's own record was deleted.
 */
public final class Warrant {
  /** Before the name of a header of the command. */
  public static final String HEADER = "command.";

  /** The command's value, which is JSON and so UTF-8. */
  public static final String VALUE = "command-value";

  /** The key of the command's record. */
  public static final String KEY = "command-key";

  private Warrant() {}

  /**
   * What to add to the answer's headers.
   *
   * @throws IllegalArgumentException if the command's value is no text
   */
  public static Map<String, String> of(Message command) {
    var headers = new TreeMap<String, String>();
    String value = new String(command.value(), UTF_8);
    if (!Arrays.equals(value.getBytes(UTF_8), command.value())) {
      throw new IllegalArgumentException("%s is no text".formatted(command));
    }
    headers.put(VALUE, value);
    if (command.key() != null) {
      headers.put(KEY, command.key());
    }
    command.headers().forEach((name, text) -> headers.put(HEADER + name, text));
    return headers;
  }

  /**
   * The command in an answer; nothing of it is checked.
   *
   * @param topic on which it was
   * @return empty if the answer carries none
   */
  public static Optional<Message> in(Message answer, String topic) {
    Optional<String> value = answer.header(VALUE);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    var headers = new TreeMap<String, String>();
    answer
        .headers()
        .forEach((name, text) -> {
          if (name.startsWith(HEADER)) {
            headers.put(name.substring(HEADER.length()), text);
          }
        });
    return Optional.of(
        new Message(topic, answer.header(KEY).orElse(null), headers, value.get().getBytes(UTF_8)));
  }
}
