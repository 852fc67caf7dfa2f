package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.time.Instant;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and numbers have one spelling each, and refusals show what was given without harm. */
class IdentifierTest {
  /** Of 159 bits. */
  private static final String LARGEST = "730750818665451459101842416358141509827966271487";

  @Property(tries = 2_000)
  void namesAreWhatTheirPatternSays(
      @ForAll
          @StringLength(max = 66)
          @CharRange(from = 'a', to = 'c')
          @Chars({'.', '-', '0', '9', 'z', 'A', ' ', 'ä'})
          String text) {
    boolean taken;
    try {
      taken = new SlotName(text).value().equals(text);
    } catch (IllegalArgumentException e) {
      taken = false;
    }
    assertThat(taken).isEqualTo(Identifier.NAME.matcher(text).matches());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-a", "a-", ".a", "a.", "A", "a b", "a\n", "a/b", "ä", "a\u0000", "a_b", "ａ"})
  void othersAreNoNames(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SlotName(text))
        .withMessageContaining("is no name for a slot: use 1 to 63 lower-case letters")
        .withMessageMatching("\\p{Print}+");
  }

  @Test
  void namesHave63CharactersAtMost() {
    assertThat(new SlotName("a".repeat(63)).value()).hasSize(63);
    assertThatIllegalArgumentException().isThrownBy(() -> new SlotName("a".repeat(64)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SlotName("a".repeat(100_000)))
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(250));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SlotName(null))
        .withMessageStartingWith("nothing is no name");
  }

  @Property(tries = 500)
  void commandIdsAreVersion7Uuids(@ForAll long high, @ForAll long low) {
    String any = new UUID(high, low).toString();
    boolean version7 = any.charAt(14) == '7' && "89ab".indexOf(any.charAt(19)) >= 0;
    assertThat(isCommandId(any)).isEqualTo(version7);
    String forced = any.substring(0, 14) + '7' + any.substring(15, 19) + 'a' + any.substring(20);
    assertThat(isCommandId(forced)).isTrue();
    assertThat(isCommandId(forced.toUpperCase(java.util.Locale.ROOT))).isEqualTo(false);
    assertThat(isCommandId(forced + " ")).isFalse();
    assertThat(isCommandId(forced.replace('-', '0'))).isFalse();
  }

  @Property(tries = 200)
  void aCommandIdTellsWhenItWasMade(@ForAll @Size(10) byte[] random) {
    Instant at = Instant.parse("2026-03-01T12:00:00.123Z");
    assertThat(CommandId.of(at, random).madeAt()).isEqualTo(at);
  }

  @Property(tries = 500)
  void commandIdsOrderAsTheirTexts(@ForAll long a, @ForAll long b, @ForAll long c, @ForAll long d) {
    assertOrderedAsTexts(commandId(a, b), commandId(c, d));
    assertOrderedAsTexts(commandId(a, b), commandId(a, d));
  }

  private static CommandId commandId(long high, long low) {
    long version = (high & ~0xf000L) | 0x7000L;
    long variant = (low & ~(3L << 62)) | (2L << 62);
    String text = new UUID(version, variant).toString();
    CommandId id = new CommandId(text);
    assertThat(id.value()).isEqualTo(text);
    assertThat(id).isEqualTo(new CommandId(text)).hasSameHashCodeAs(new CommandId(text));
    return id;
  }

  @Property(tries = 500)
  void digestsOrderAsTheirTexts(
      @ForAll @Size(32) byte[] one, @ForAll @Size(32) byte[] other, @ForAll("places") int same) {
    assertOrderedAsTexts(Digest.ofHash(one), Digest.ofHash(other));
    byte[] close = one.clone();
    close[same] ^= 0x41;
    assertOrderedAsTexts(Digest.ofHash(one), Digest.ofHash(close));
    assertThat(Digest.ofHash(one)).isNotEqualTo(Digest.ofHash(close));
    assertThat(Digest.ofHash(one).bytes()).isEqualTo(one);
    assertThat(Digest.ofHash(one)).hasSameHashCodeAs(new Digest(Digest.ofHash(one).value()));
    assertThat(Digest.ofHash(one).brief()).isEqualTo(Digest.ofHash(one).value().substring(0, 8));
  }

  @Provide
  Arbitrary<Integer> places() {
    return Arbitraries.integers().between(0, 31);
  }

  private static <T extends Comparable<T>> void assertOrderedAsTexts(T one, T other) {
    assertThat(Integer.signum(one.compareTo(other)))
        .isEqualTo(Integer.signum(one.toString().compareTo(other.toString())));
    assertThat(one.equals(other)).isEqualTo(one.toString().equals(other.toString()));
  }

  @Property(tries = 1_000)
  void serialNumbersOrderAsNumbers(
      @ForAll @BigRange(min = "1", max = LARGEST) BigInteger one,
      @ForAll @BigRange(min = "1", max = LARGEST) BigInteger other) {
    Serial a = Serial.of(one);
    Serial b = Serial.of(other);
    assertThat(a.value()).isEqualTo(one.toString(16));
    assertThat(a.number()).isEqualTo(one);
    assertThat(Integer.signum(a.compareTo(b))).isEqualTo(one.compareTo(other));
    assertThat(a.equals(b)).isEqualTo(one.equals(other));
    assertThat(a).isEqualTo(new Serial(a.value())).hasSameHashCodeAs(new Serial(a.value()));
  }

  @Test
  void aSerialNumberIsPositiveAndHas20OctetsAtMost() {
    var largest = BigInteger.ONE.shiftLeft(159).subtract(BigInteger.ONE);
    for (BigInteger number : new BigInteger[] {BigInteger.ONE, BigInteger.TEN.pow(20), largest}) {
      assertThat(Serial.of(number).number()).isEqualTo(number);
      assertThat(number.toByteArray().length).isLessThanOrEqualTo(20);
    }
    for (String bad : new String[] {"", "0", "00", "01", "0a", "-1", "A", "8" + "0".repeat(39)}) {
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> new Serial(bad));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> Serial.of(largest.add(BigInteger.ONE)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "/1", "a/", "a/0", "a/01", "a-/1", "A/1", "a/1/1", "a/1 "})
  void othersAreNoRotations(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new RotationId(text));
    assertThat(RotationId.of(new AuthorityName("a.b-c"), 12).value()).isEqualTo("a.b-c/12");
  }

  @Test
  void hexIsLowerCaseAndWhole() {
    String good = "0123456789abcdef".repeat(4);
    assertThat(Digest.ofHash(new Digest(good).bytes()).value()).isEqualTo(good);
    for (String bad :
        new String[] {
          "", good + "0", good.substring(1), good.replace('a', 'A'), good.replace('a', 'g')
        }) {
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> new Digest(bad));
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> new HouseId(bad));
    }
    for (String bad : new String[] {"", "a", "abc", "AB", "ab".repeat(65)}) {
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> new KeyId(bad));
    }
  }

  private static boolean isCommandId(String text) {
    try {
      return new CommandId(text).value().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
