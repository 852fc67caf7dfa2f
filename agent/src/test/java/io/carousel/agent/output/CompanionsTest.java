package io.carousel.agent.output;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.agent.Trust;
import io.carousel.agent.certificate.Crls;
import io.carousel.agent.certificate.SoftwareCa;
import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.PhaseName;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A file of CRLs is for all CAs that are trusted, or there is none. */
@Timeout(60)
class CompanionsTest {
  private static final AuthorityName USER = new AuthorityName("user");

  private final SoftwareCa elsewhere = new SoftwareCa(USER, 1, new SlotName("none"));
  private final SoftwareCa own = new SoftwareCa(USER, 2, new SlotName("hsm-a"));

  private static TrustedKey foreign(TrustedKey k) {
    return new TrustedKey(
        k.generation(),
        Optional.empty(),
        k.format(),
        k.publicKey(),
        k.certificate(),
        k.key(),
        false);
  }

  private static Trust trust(TrustedKey... keys) throws Exception {
    return Trust.of(
        new TrustBundle(
            USER, 1, 1, PhaseName.INIT, 1, Digest.of(new byte[] {1}), 1, 1, List.of(keys)));
  }

  private static Companions crls(String... pem) throws Exception {
    String all = String.join("", pem);
    return new Companions(
        all.isEmpty() ? Crls.NONE : Crls.read(all.getBytes(US_ASCII)),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void anImportedCaWithoutACrlMeansNoFileAndIsSaid() throws Exception {
    for (Trust trust :
        List.of(
            trust(foreign(elsewhere.trusted())),
            trust(foreign(elsewhere.trusted()), own.trusted()))) {
      assertThat(crls().lacking(trust)).isEmpty();
      assertThat(crls().crlFile()).isEmpty();
      assertThat(crls().whyNoCrls(trust).orElseThrow())
          .contains("no crls.pem is written: the CA of generation 1")
          .contains("carousel authority crl");
    }
  }

  @Test
  void aFileThatLeavesOneOutIsNotEnough() throws Exception {
    Trust both = trust(foreign(elsewhere.trusted()), own.trusted());
    assertThat(crls(own.crl(1)).lacking(both).orElseThrow().generation()).isEqualTo(1);
    assertThat(crls(elsewhere.crl(1)).lacking(both).orElseThrow().generation()).isEqualTo(2);
    Companions all = crls(elsewhere.crl(1), own.crl(1));
    assertThat(all.lacking(both)).isEmpty();
    assertThat(all.whyNoCrls(both)).isEmpty();
    assertThat(all.crlFile()).isPresent();
    assertThat(crls().lacking(trust(own.trusted()))).as("our own always have one").isPresent();
  }

  @Test
  void crlsThatWereThereAreKept() throws Exception {
    assertThat(crls().goesBackFrom(crls(own.crl(1))))
        .hasValueSatisfying(why -> assertThat(why).contains("there were some"));
    assertThat(crls(own.crl(1)).goesBackFrom(crls())).isEmpty();
  }
}
