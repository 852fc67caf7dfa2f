package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers of CRLs have up to 20 octets, and whatever is none says why. */
@Timeout(30)
class CrlNumberTest {
  private record Holder(CrlNumber number) {}

  private static CrlNumber extension(String hex) {
    return CrlNumber.ofExtension(HexFormat.of().parseHex(hex));
  }

  @ParameterizedTest
  @CsvSource({
    "0403020100, 0",
    "040302017f, 127",
    "040402020080, 128",
    "040a02087fffffffffffffff, 9223372036854775807",
    "0415021301ffffffffffffffffffffffffffffffffffff, 44601490397061246283071436545296723011960831",
    "041602147fffffffffffffffffffffffffffffffffffffff, 730750818665451459101842416358141509827966271487"
  })
  void aNumberIsReadFromItsExtension(String hex, CrlNumber number) {
    assertThat(extension(hex)).isEqualTo(number);
  }

  @ParameterizedTest
  @CsvSource({
    "04030201ff, is negative",
    "0417021500ffffffffffffffffffffffffffffffffffffffff, has 21 octets",
    "04020200, without an octet",
    "0403020101ff, bytes after the end",
    "04040201017f, bytes after the end",
    "0403030100, no element of tag 0x02",
    "'', end too early"
  })
  void whatIsNoneSaysWhy(String hex, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> extension(hex))
        .withMessageContaining(why);
  }

  @Test
  void numbersEndWhere20OctetsDo() {
    assertThat(CrlNumber.of(Long.MAX_VALUE).next().value()).isEqualTo("9223372036854775808");
    assertThatIllegalArgumentException()
        .isThrownBy(CrlNumber.GREATEST::next)
        .withMessageContaining("has 21 octets, and no CRL number may have more than 20");
    assertThatIllegalArgumentException().isThrownBy(() -> CrlNumber.of(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CrlNumber("9".repeat(100)))
        .withMessageContaining("octets");
    BigInteger last = CrlNumber.GREATEST.number().subtract(BigInteger.TWO.pow(32));
    assertThat(CrlNumber.of(last).isBeginning()).isTrue();
    assertThat(CrlNumber.of(last).next().isBeginning()).isFalse();
  }

  /** A text is written, since readers round greater integers; digits are read as they stand. */
  @Test
  void jsonKeepsEveryDigit() {
    String digits = CrlNumber.GREATEST.value();
    byte[] text = Json.PLAIN.write(new Holder(CrlNumber.GREATEST));
    assertThat(text).asString().isEqualTo("{\"number\":\"%s\"}".formatted(digits));
    assertThat(Json.PLAIN.read(text, Holder.class).number()).isEqualTo(CrlNumber.GREATEST);
    assertThat(read(digits).number()).isEqualTo(CrlNumber.GREATEST);
    for (String other : List.of("-1", "1.0", "1e3", "true", "null", digits + "0")) {
      assertThatThrownBy(() -> read(other)).isInstanceOf(UnreadableRecord.class);
    }
  }

  private static Holder read(String value) {
    String json = "{\"number\":%s}".formatted(value);
    return Json.PLAIN.read(json.getBytes(StandardCharsets.UTF_8), Holder.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "4d", "-ff", "ffffffffffffffffffffffffffffffffffffffff"})
  void serialsThatOthersListAreKept(String text) {
    assertThat(ListedSerial.of(new ListedSerial(text).number())).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "-0", "00", "01", "4D", "+1", "g"})
  void otherTextsAreNoSerials(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ListedSerial(text));
  }
}
