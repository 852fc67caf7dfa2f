package io.carousel.orchestrator.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A register comes back from its bytes as it was. */
@Timeout(60)
class KeptRegisterTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Digest ISSUER = Digest.of(new byte[] {1});

  private final IssuedRegister register = new IssuedRegister(_ -> Optional.empty());

  private static LeafSigned token(long serial, Instant end) {
    return new LeafSigned(
        CommandId.of(end, new byte[10]),
        Member.USER,
        2,
        new SlotName("hsm-b"),
        new ParticipantName("m-" + serial),
        Digest.of(new byte[] {2}),
        Format.JWT,
        Profile.CLIENT,
        Serial.of(BigInteger.valueOf(serial)),
        ISSUER,
        end,
        Digest.of(BigInteger.valueOf(serial).toByteArray()),
        Bytes.of(new byte[] {3}));
  }

  private static byte[] saved(IssuedRegister register) throws IOException {
    var out = new ByteArrayOutputStream();
    register.save(new DataOutputStream(out), NOW);
    return out.toByteArray();
  }

  private static IssuedRegister restored(byte[] bytes) throws IOException {
    var back = new IssuedRegister(_ -> Optional.empty());
    back.restore(new DataInputStream(new ByteArrayInputStream(bytes)));
    return back;
  }

  @Test
  void certificatesTokensAndUnprovenOnesComeBack() throws IOException {
    LeafSigned certificate = new Member("web-1").holds(1, ISSUER, 17, NOW.plusSeconds(60));
    register.take(certificate);
    register.take(token(18, NOW.plusSeconds(90)));
    register.takeUnproven(token(19, NOW.plusSeconds(90)));
    register.take(token(20, NOW));
    IssuedRegister back = restored(saved(register));
    assertThat(back.of(Member.USER, NOW)).isEqualTo(register.of(Member.USER, NOW)).hasSize(3);
    for (long serial : new long[] {17, 18}) {
      Serial s = Serial.of(BigInteger.valueOf(serial));
      assertThat(back.find(Member.USER, s).orElseThrow().issued())
          .isEqualTo(register.find(Member.USER, s).orElseThrow().issued());
    }
    assertThat(back.find(Member.USER, Serial.of(BigInteger.valueOf(18))))
        .map(IssuedRegister.Entry::possession)
        .contains(new Possession.OfToken(token(18, NOW).digest()));
    assertThat(back.find(Member.USER, Serial.of(BigInteger.valueOf(19)))).isEmpty();
    assertThat(saved(back)).isEqualTo(saved(register));
  }

  @Test
  void whatIsCutOffAnywhereIsRefused() throws IOException {
    register.take(token(18, NOW.plusSeconds(90)));
    register.takeUnproven(token(19, NOW.plusSeconds(90)));
    byte[] whole = saved(register);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> restored(part)).isInstanceOf(IOException.class);
    }
  }
}
