package io.carousel.events.openssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import io.carousel.events.testing.LongFuzzing;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Whatever the bytes are, reading them gives a value whose bytes they are, or ends in {@link
 * UnreadableSsh}.
 */
@Tag(LongFuzzing.TAG)
class FuzzedSshTest {
  /** What a KRL's value does not keep is the order and the form in which its parts were written. */
  private static final List<Function<Bytes, Object>> READERS =
      List.of(
          bytes -> same(bytes, SshPublicKey.ofBlob(bytes).blob()),
          bytes -> same(bytes, again(SshCertificate.read(bytes))),
          bytes -> {
            Krl read = Krl.read(bytes);
            return same(Krl.read(read.bytes()).bytes(), read.bytes());
          });

  @Provide
  Arbitrary<Krl> krls() {
    return Krls.any();
  }

  @Provide
  Arbitrary<SshCertificateDraft> drafts() {
    return Drafts.any();
  }

  @Property(tries = 2_000)
  void randomBytes(@ForAll byte[] bytes) {
    READERS.forEach(reader -> readOrRefuse(reader, Bytes.of(bytes)));
  }

  @Property(tries = 2_000)
  void changedKeys(
      @ForAll Suite suite, @ForAll @IntRange(max = 600) int place, @ForAll byte change) {
    changed(Drafts.key(suite).blob(), place, change).forEach(b -> readOrRefuse(READERS.get(0), b));
  }

  @Property(tries = 1_500)
  void changedCertificates(
      @ForAll("drafts") SshCertificateDraft draft,
      @ForAll @IntRange(max = 3_000) int place,
      @ForAll byte change) {
    Bytes blob = Drafts.signed(draft).blob();
    changed(blob, place, change).forEach(b -> readOrRefuse(READERS.get(1), b));
  }

  /** No bit of a certificate can be turned without the signature or the reader telling. */
  @Property(tries = 1_500)
  void noTurnedBitGoesUnnoticed(
      @ForAll @IntRange(max = 30_000) int bit,
      @ForAll Suite ca,
      @ForAll @IntRange(max = 3) int of) {
    SshPublicKey key = Drafts.key(Drafts.SUBJECTS.get(of));
    var kind = SshCertificateDraft.Kind.USER;
    byte[] blob = Drafts.signed(Drafts.draft(kind, key, ca, 77, "id")).blob().toArray();
    int turned = bit % (8 * blob.length);
    blob[turned / 8] ^= (byte) (1 << turned % 8);
    try {
      assertThat(SshCertificate.read(Bytes.of(blob)).verifies()).isFalse();
    } catch (UnreadableSsh e) {
      assertThat(e).hasMessageStartingWith("not a readable");
    }
  }

  @Property(tries = 1_500)
  void changedKrls(
      @ForAll("krls") Krl krl, @ForAll @IntRange(max = 3_000) int place, @ForAll byte change) {
    changed(krl.bytes(), place, change).forEach(b -> readOrRefuse(READERS.get(2), b));
  }

  /** Parts that the writer never writes: bitmaps, and lists in any order. */
  @Property(tries = 1_500)
  void bitmapsAndOtherParts(
      @ForAll @IntRange(min = 0x1f, max = 0x25) int type,
      @ForAll @Size(max = 40) byte[] content,
      @ForAll long offset) {
    var part = new SshOutput().uint64(offset).string(content);
    var section = new SshOutput().string("").string("").octet(type).string(part);
    var krl =
        new SshOutput()
            .raw(Arrays.copyOf(Krls.empty().bytes().toArray(), 28))
            .uint64(0)
            .string("")
            .string("")
            .octet(1)
            .string(section);
    readOrRefuse(READERS.get(2), krl.bytes());
  }

  @Property(tries = 2_000)
  void lines(@ForAll String line, @ForAll Suite suite, @ForAll @IntRange(max = 800) int place) {
    String good = Drafts.key(suite).line("comment");
    int cut = place % good.length();
    for (String each :
        List.of(line, "ssh-rsa " + line, good.substring(0, cut) + line, good + line)) {
      try {
        assertThat(each).startsWith(SshPublicKey.ofLine(each).line());
      } catch (UnreadableSsh e) {
        assertThat(e.getMessage()).isNotBlank().matches("\\P{Cntrl}*");
      }
      try {
        assertThat(each).startsWith(SshCertificate.ofLine(each).line());
      } catch (UnreadableSsh e) {
        assertThat(e.getMessage()).isNotBlank().matches("\\P{Cntrl}*");
      }
    }
  }

  private static List<Bytes> changed(Bytes good, int place, byte change) {
    byte[] bytes = good.toArray();
    bytes[place % bytes.length] = change;
    return List.of(
        Bytes.of(bytes),
        Bytes.of(Arrays.copyOf(bytes, place % bytes.length)),
        Bytes.of(Arrays.copyOf(good.toArray(), bytes.length + 1)));
  }

  private static Object readOrRefuse(Function<Bytes, Object> reader, Bytes bytes) {
    try {
      return reader.apply(bytes);
    } catch (UnreadableSsh e) {
      assertThat(e.getMessage()).isNotBlank().matches("\\P{Cntrl}*");
      return e;
    }
  }

  /** What the writer makes of all that was read. */
  private static Bytes again(SshCertificate read) {
    assertThat(read.content().toBeSigned()).isEqualTo(read.toBeSigned());
    return read.blob();
  }

  private static Object same(Bytes expected, Bytes actual) {
    assertThat(actual).isEqualTo(expected);
    return actual;
  }
}
