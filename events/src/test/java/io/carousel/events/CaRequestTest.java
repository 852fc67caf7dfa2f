package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Requests, and what else comes from or goes to an external root, as values. */
class CaRequestTest {
  /** Made by {@code openssl req -new}: EC P-256, CN=a, one extension. */
  private static final byte[] GOOD =
      Base64.getDecoder()
          .decode(
              "MIHnMIGPAgEAMAwxCjAIBgNVBAMMAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS057cu7TABDokU"
                  + "oFs+UUBUul8KMeS3vN3mgBH3PD9PncbItQp0MhTBTY3QtefCLDN2owtWPykSvhMhEyG6HqHUoCEwHwYJ"
                  + "KoZIhvcNAQkOMRIwEDAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwIDRwAwRAIgByK4tw2+XsGft1QK"
                  + "utwPIIsRAWiw/6HiD30rsU2h42UCIFbHusQQ4/clRZ06h7Pd4ywql+FVpmQbIOo50BXmMcLP");

  @Test
  void itsPartsAreThoseThatStandThere() {
    CaRequest read = CaRequest.read(Bytes.of(GOOD));
    assertThat(read.subject().toArray())
        .isEqualTo(new byte[] {0x30, 0x0c, 0x31, 0x0a, 0x30, 8, 6, 3, 0x55, 4, 3, 0x0c, 1, 'a'});
    assertThat(SubjectPublicKey.of(read.publicKey())).isNotNull();
    assertThat(read.attributes().toArray()[0]).isEqualTo((byte) 0xa0);
    int parts = read.info().length() + read.algorithm().length() + read.signature().length() + 3;
    assertThat(parts).isLessThan(GOOD.length).isGreaterThan(GOOD.length - 5);
  }

  @Property(tries = 2_000)
  void whateverTheBytesAreItIsReadOrRefused(
      @ForAll @IntRange(max = 1_000) int place, @ForAll byte change, @ForAll byte[] others) {
    byte[] changed = GOOD.clone();
    changed[place % changed.length] = change;
    for (byte[] bytes :
        new byte[][] {changed, others, java.util.Arrays.copyOf(GOOD, place % GOOD.length)}) {
      try {
        assertThat(CaRequest.read(Bytes.of(bytes))).isNotNull();
      } catch (UnreadableDer e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void numbersOfListsAreOrderedAsNumbers() {
    assertThat(new CrlNumber("9")).isLessThan(new CrlNumber("10"));
    assertThat(CrlNumber.of(BigInteger.ZERO)).isEqualTo(new CrlNumber("0"));
    BigInteger most = BigInteger.ONE.shiftLeft(159).subtract(BigInteger.ONE);
    assertThat(CrlNumber.of(most).number()).isEqualTo(most);
    for (BigInteger bad : new BigInteger[] {most.add(BigInteger.ONE), BigInteger.valueOf(-1)}) {
      assertThatThrownBy(() -> CrlNumber.of(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new CrlNumber("01")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsTooLongIsNoCertificateOrList() {
    var user = new AuthorityName("user");
    Bytes long1 = Bytes.of(new byte[ExternalRoot.CERTIFICATE_LIMIT + 1]);
    Bytes long2 = Bytes.of(new byte[ExternalRoot.CRL_LIMIT + 1]);
    assertThatThrownBy(() -> new ExternalRoot(long1, RootUse.ROOT))
        .hasMessageContaining("too long");
    assertThatThrownBy(() -> new OperatorAct.ImportCaCertificate(user, long1, "p-1"))
        .hasMessageContaining("a certificate of 16385 bytes is too long");
    assertThatThrownBy(() -> new OperatorAct.ImportRootCrl(user, long2, "p-1"))
        .hasMessageContaining("a CRL of 65537 bytes is too long");
  }
}
