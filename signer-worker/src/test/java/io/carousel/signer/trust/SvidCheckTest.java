package io.carousel.signer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SlotName;
import io.carousel.events.SpiffeId;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import io.carousel.events.TrustDomain;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.signer.Asked;
import io.carousel.signer.refusal.Refused;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SVIDs where the log says so, and nowhere else: whatever an orchestrator asks for. */
@Timeout(20)
class SvidCheckTest {
  private static final Optional<TrustDomain> DOMAIN = Optional.of(new TrustDomain("example.org"));
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final Bytes SOME = Bytes.of(new byte[1]);
  private static final KeyGenerated MADE =
      new KeyGenerated(Asked.id(), SLOT, new KeyId("00"), SOME, SOME);

  private static SignLeaf leaf(Profile profile, String... names) {
    var order = Asked.ssh(Asked.key(SLOT, Suite.ECDSA_P256), MADE, profile, "a").order();
    return new SignLeaf(
        order, SOME, SOME, Stream.of(names).map(SubjectName::new).toList(), Optional.empty());
  }

  private static SignToken token(Suite suite, String spiffe) {
    SignToken sound = Asked.token(Asked.key(SLOT, Format.JWT, suite), MADE, SOME, "billing");
    return new SignToken(
        sound.order(),
        sound.caKey(),
        sound.issuer(),
        sound.audiences(),
        sound.recipient(),
        Optional.ofNullable(spiffe).map(SpiffeId::new));
  }

  private static void refused(LeafCommand command, Optional<TrustDomain> domain, String why) {
    assertThatThrownBy(() -> SvidCheck.check(command, domain))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(why);
  }

  @Test
  void outsideOfATrustDomainNothingIsAnSvid() throws Exception {
    SvidCheck.check(leaf(Profile.CLIENT, "dns:a", "uri:https://example.org/a"), Optional.empty());
    SvidCheck.check(token(Suite.ED25519, null), Optional.empty());
    String why = "has no SPIFFE trust domain";
    refused(leaf(Profile.CLIENT, "uri:spiffe://example.org/a"), Optional.empty(), why);
    refused(token(Suite.ECDSA_P256, "spiffe://example.org/a"), Optional.empty(), why);
  }

  @Test
  void insideOfItEverythingIsOne() throws Exception {
    SvidCheck.check(leaf(Profile.SERVER, "dns:a", "uri:spiffe://example.org/a"), DOMAIN);
    SvidCheck.check(token(Suite.ECDSA_P256, "spiffe://example.org/a"), DOMAIN);
    for (List<String> names :
        List.of(
            List.<String>of(),
            List.of("dns:a"),
            List.of("uri:https://example.org/a"),
            List.of("uri:spiffe://example.org/a", "uri:spiffe://example.org/b"),
            List.of("uri:spiffe://example.org/a", "uri:https://example.org/a"))) {
      refused(leaf(Profile.CLIENT, names.toArray(String[]::new)), DOMAIN, "exactly one URI");
    }
    refused(token(Suite.ECDSA_P256, null), DOMAIN, "has no SPIFFE ID");
    refused(leaf(Profile.CLIENT, "uri:spiffe://other.org/a"), DOMAIN, "not of the trust domain");
    refused(token(Suite.ECDSA_P256, "spiffe://other.org/a"), DOMAIN, "not of the trust domain");
    refused(token(Suite.ED25519, "spiffe://example.org/a"), DOMAIN, "Ed25519");
  }

  @Test
  void canariesHaveAPathOfTheirOwnThatNobodyElseHas() throws Exception {
    String canary = "uri:spiffe://example.org/_carousel-canary/user/web-1";
    SvidCheck.check(leaf(Profile.CANARY_CLIENT, canary), DOMAIN);
    refused(leaf(Profile.CLIENT, canary), DOMAIN, "kept for canaries");
    refused(leaf(Profile.CANARY_CLIENT, "uri:spiffe://example.org/web-1"), DOMAIN, "SPIFFE ID is");
    refused(
        leaf(Profile.CANARY_SERVER, "uri:spiffe://example.org/_carousel-canary/user/web-2"),
        DOMAIN,
        "SPIFFE ID is");
  }

  @Test
  void theLogSaysWhichTrustDomain() {
    var log =
        new io.carousel.signer.TestLog(
            new io.carousel.events.HouseId("00112233445566778899aabbccddeeff"));
    var created = Asked.created(List.of(SLOT));
    log.write(
        new io.carousel.events.AuthorityEvent.AuthorityCreated(
            created.authority(),
            created.formats(),
            created.slots(),
            created.policy().named(new io.carousel.events.Naming(Optional.empty(), DOMAIN)),
            created.by(),
            created.at()));
    log.read();
    assertThat(log.check().trustDomain(Asked.USER)).isEqualTo(DOMAIN);
    assertThat(log.check().trustDomain(new io.carousel.events.AuthorityName("other"))).isEmpty();
  }
}
