package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.carousel.events.testing.LongFuzzing;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of a signature header: one for each signature, and whatever else is refused. */
class BatchSignatureTest {
  private static final String TEXT =
      new BatchSignature(4, 6, new byte[64], List.of(new byte[32], new byte[32])).text();

  @Test
  void isReadAsItWasWritten() {
    BatchSignature read = BatchSignature.parse(TEXT);
    assertThat(read.index()).isEqualTo(4);
    assertThat(read.size()).isEqualTo(6);
    assertThat(read.path()).hasSize(2);
    assertThat(read.text()).isEqualTo(TEXT);
  }

  @Test
  void theStatementSaysWhoHowManyAndWhat() {
    byte[] statement = BatchSignature.statement("/houses/h/authors/a", 6, new byte[] {1, 2});
    assertThat(new String(statement, UTF_8))
        .isEqualTo("carousel-batch-v1\n/houses/h/authors/a\n6\n\u0001\u0002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v1.", "v1.AAAA", "v2.AAAA", "v1", "v1.====", "v1.\u0000", " v1.AA"})
  void anythingElseIsForged(String text) {
    assertThatExceptionOfType(ForgedRecord.class).isThrownBy(() -> BatchSignature.parse(text));
  }

  @Test
  void thereIsOneSpellingOnly() {
    byte[] bytes = Base64.getUrlDecoder().decode(TEXT.substring(3));
    String padded = "v1." + Base64.getUrlEncoder().encodeToString(bytes);
    assertThat(padded).isNotEqualTo(TEXT);
    for (String other : List.of(padded, TEXT + "\n", TEXT.substring(0, TEXT.length() - 1) + "B")) {
      assertThatExceptionOfType(ForgedRecord.class).isThrownBy(() -> BatchSignature.parse(other));
    }
  }

  @Test
  void lengthsAreOfWholeHashesAndBounded() {
    for (int length : new int[] {71, 73, 72 + 31, 72 + 33, 72 + 32 * 32}) {
      String text =
          "v1." + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[length]);
      assertThatExceptionOfType(ForgedRecord.class).isThrownBy(() -> BatchSignature.parse(text));
    }
  }

  @Tag(LongFuzzing.TAG)
  @Property(tries = 1_000)
  void randomTextsAreForged(@ForAll String text, @ForAll @Size(max = 300) byte[] bytes) {
    parseOrRefuse(text);
    parseOrRefuse("v1." + text);
    parseOrRefuse("v1." + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  @Tag(LongFuzzing.TAG)
  @Property(tries = 1_000)
  void changedTextsAreForgedOrSayAnother(@ForAll @IntRange(max = 500) int place, @ForAll char c) {
    var changed = new StringBuilder(TEXT);
    changed.setCharAt(place % TEXT.length(), c);
    parseOrRefuse(changed.toString());
  }

  private static void parseOrRefuse(String text) {
    try {
      assertThat(BatchSignature.parse(text).text()).isEqualTo(text);
    } catch (ForgedRecord e) {
      assertThat(e).hasMessageStartingWith("the signature");
    }
  }
}
