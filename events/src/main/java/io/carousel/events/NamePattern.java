package io.carousel.events;

/**
 * Which participants' names are meant: one name, or with one asterisk, which stands for any
 * characters or none of one label, as {@code web-*}: it is never a dot.
 */
public record NamePattern(String value) implements Identifier {
  private static final char ANY = '*';

  /** Checks the form. */
  public NamePattern {
    boolean fits =
        value != null
            && value.indexOf(ANY) == value.lastIndexOf(ANY)
            && value.length() <= 63
            && isName(value.replace(ANY, 'x'));
    if (!fits) {
      throw new IllegalArgumentException(
          "%s is no pattern of participants' names: write a name, with one asterisk at most, as 'web-*'"
              .formatted(Identifier.printable(value)));
    }
  }

  private static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Whether it means one name only. */
  public boolean isExact() {
    return value.indexOf(ANY) < 0;
  }

  /** Whether it means that name. */
  public boolean matches(ParticipantName name) {
    int any = value.indexOf(ANY);
    String text = name.value();
    return any < 0
        ? text.equals(value)
        : text.length() >= value.length() - 1
            && text.startsWith(value.substring(0, any))
            && text.endsWith(value.substring(any + 1))
            && text.substring(any, text.length() - (value.length() - any - 1)).indexOf('.') < 0;
  }

  @Override
  public String toString() {
    return value;
  }
}
