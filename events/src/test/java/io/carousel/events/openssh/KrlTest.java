package io.carousel.events.openssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Suite;
import io.carousel.events.openssh.Krl.Revoked;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Revocation lists read back are what was asked for, in the same bytes each time. */
class KrlTest {
  @Provide
  Arbitrary<Krl> krls() {
    return Krls.any();
  }

  @Property(tries = 300)
  void whatWasWrittenIsReadBack(@ForAll("krls") Krl krl) {
    assertThat(Krl.read(krl.bytes())).isEqualTo(krl);
  }

  @Property(tries = 200)
  void theOrderOfAskingDoesNotMatter(@ForAll("krls") Krl krl) {
    var reversed = new ArrayList<>(krl.certificates());
    Collections.reverse(reversed);
    var keys = new TreeSet<SshPublicKey>(Collections.reverseOrder());
    keys.addAll(krl.keys());
    var again = new Krl(krl.version(), krl.generated(), "", reversed, keys, krl.fingerprints());
    assertThat(again.bytes()).isEqualTo(krl.bytes());
  }

  /** Against the plainest set there is. */
  @Property(tries = 500)
  void aSetOfSerialNumbersIsOne(
      @ForAll @Size(max = 40) List<@LongRange(min = 1, max = 60) Long> numbers) {
    var plain = new HashSet<>(numbers);
    var serials = SshSerials.of(plain.stream().map(SshSerial::new).toList());
    for (long n = 1; n <= 61; n++) {
      assertThat(serials.contains(new SshSerial(n))).isEqualTo(plain.contains(n));
    }
    List<SshSerialRange> ranges = serials.ranges();
    for (int i = 1; i < ranges.size(); i++) {
      assertThat(ranges.get(i).first().bits()).isGreaterThan(ranges.get(i - 1).last().bits() + 1);
    }
  }

  @Test
  void theLastSerialNumberEndsTheSet() {
    var all = SshSerials.ofRanges(List.of(Krls.range(5, -1), Krls.range(1, 4)));
    assertThat(all.ranges()).containsExactly(Krls.range(1, -1));
    assertThat(Krls.serials(-1, 1).ranges()).containsExactly(Krls.range(1, 1), Krls.range(-1, -1));
  }

  @Test
  void whatIsWrittenIsSmall() {
    SshPublicKey ca = Drafts.key(Suite.ED25519);
    int bare = Krls.empty().bytes().length();
    int pair =
        Krls.of(List.of(Krls.revoked(ca, Krls.serials(4, 5))), Set.of(), Set.of()).bytes().length();
    int three =
        Krls.of(List.of(Krls.revoked(ca, Krls.serials(4, 5, 6))), Set.of(), Set.of())
            .bytes()
            .length();
    int section = 1 + 4 + 4 + ca.blob().length() + 4;
    assertThat(pair).isEqualTo(bare + section + 1 + 4 + 2 * 8);
    assertThat(three).isEqualTo(bare + section + 1 + 4 + 2 * 8);
  }

  @Test
  void contradictionsAreRefused() {
    Revoked seven = Krls.revoked(Drafts.key(Suite.ED25519), Krls.serials(7));
    assertThatThrownBy(() -> Krls.of(List.of(seven, seven), Set.of(), Set.of()))
        .hasMessageContaining("more than once");
    assertThatThrownBy(() -> new Revoked(Optional.empty(), SshSerials.NONE, new TreeSet<>()))
        .hasMessageContaining("leave it out");
    assertThatThrownBy(() -> Krls.revoked(null, SshSerials.NONE, "a\nb"))
        .hasMessageContaining("is no key id");
    assertThatThrownBy(() -> Krls.range(2, 1)).hasMessageContaining("no serial numbers");
  }
}
