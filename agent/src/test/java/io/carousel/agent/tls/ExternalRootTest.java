package io.carousel.agent.tls;

import static io.carousel.agent.tls.Materials.below;
import static io.carousel.agent.tls.Materials.credential;
import static io.carousel.agent.tls.Materials.tls;
import static io.carousel.agent.tls.Materials.withChain;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.Material;
import io.carousel.agent.Trust;
import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.SoftwareCa;
import io.carousel.agent.certificate.SoftwareRoot;
import io.carousel.events.Bytes;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.RootUse;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Handshakes below an external root, in both of its uses. */
class ExternalRootTest {
  private static final ParticipantName SERVER = new ParticipantName("server-1");
  private static final SoftwareRoot ROOT = new SoftwareRoot();
  private static final SoftwareCa FIRST = ROOT.ca(FakeHouse.AUTHORITY, 1);
  private static final SoftwareCa SECOND = ROOT.ca(FakeHouse.AUTHORITY, 2);
  private static final Optional<Bytes> NO_CRL = Optional.empty();

  private static Material material(
      String name, Profile profile, SoftwareCa issuer, Trust trust, boolean chain) {
    X509Credential own = credential(name, profile, issuer);
    return new Material(
        new ParticipantName(name), trust, Optional.of(chain ? withChain(own, issuer) : own));
  }

  /** A server of generation 2 with that trust meets a client of that issuer. */
  private static Outcome exchange(Trust ofServer, SoftwareCa ofClient, boolean chain)
      throws Exception {
    boolean root = ofServer.root().isPresent();
    Trust trust =
        root
            ? below(ROOT, RootUse.ROOT, NO_CRL, SECOND)
            : below(ROOT, RootUse.PINNED, NO_CRL, FIRST, SECOND);
    Material server = material("server-1", Profile.SERVER, SECOND, ofServer, root);
    Material client = material("client-1", Profile.CLIENT, ofClient, trust, chain);
    try (var listening = ExchangeServer.start(tls(server))) {
      return new ExchangeClient(tls(client), new Exchanges()).exchange(SERVER, listening.address());
    }
  }

  private static void refused(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(((Outcome.Failed) outcome).cause()).isEqualTo(FailureCause.REFUSED_BY_SERVER);
  }

  @Test
  void whoPinsAcceptsWhatIsPinned() throws Exception {
    Trust both = below(ROOT, RootUse.PINNED, NO_CRL, SECOND, FIRST);
    assertThat(exchange(both, FIRST, false)).isInstanceOf(Outcome.Succeeded.class);
    assertThat(exchange(both, FIRST, true)).isInstanceOf(Outcome.Succeeded.class);
  }

  @Test
  void whoPinsRefusesWhatIsPinnedNoMoreWhateverItShows() throws Exception {
    Trust second = below(ROOT, RootUse.PINNED, NO_CRL, SECOND);
    refused(exchange(second, FIRST, false));
    refused(exchange(second, FIRST, true));
    assertThat(exchange(second, SECOND, false)).isInstanceOf(Outcome.Succeeded.class);
  }

  @Test
  void whoTrustsTheRootAcceptsWhatItDoesNotRevoke() throws Exception {
    Trust second = below(ROOT, RootUse.ROOT, NO_CRL, SECOND);
    assertThat(exchange(second, SECOND, true))
        .isEqualTo(new Outcome.Succeeded(SERVER, false, 2, 2));
    // In no bundle, and accepted: such is trust in a root.
    assertThat(exchange(second, FIRST, true)).isInstanceOf(Outcome.Succeeded.class);
    Trust listing = below(ROOT, RootUse.ROOT, Optional.of(ROOT.crl(1, false)), SECOND);
    assertThat(exchange(listing, FIRST, true)).isInstanceOf(Outcome.Succeeded.class);
  }

  @Test
  void whoTrustsTheRootRefusesWhatItRevokes() throws Exception {
    Trust holding = below(ROOT, RootUse.ROOT, Optional.of(ROOT.crl(1, false, FIRST)), SECOND);
    refused(exchange(holding, FIRST, true));
    assertThat(exchange(holding, SECOND, true)).isInstanceOf(Outcome.Succeeded.class);
  }

  /** The other way would cut everybody off because somebody forgot to publish a list. */
  @Test
  void aLateListStillRevokesAndCutsNobodyOff() throws Exception {
    Trust late = below(ROOT, RootUse.ROOT, Optional.of(ROOT.crl(1, true, FIRST)), SECOND);
    refused(exchange(late, FIRST, true));
    assertThat(exchange(late, SECOND, true)).isInstanceOf(Outcome.Succeeded.class);
  }

  @Test
  void aLeafAloneIsKnownByTheCasThatCameWithTheRoot() throws Exception {
    Trust second = below(ROOT, RootUse.ROOT, NO_CRL, SECOND);
    assertThat(exchange(second, SECOND, false)).isInstanceOf(Outcome.Succeeded.class);
    refused(exchange(second, FIRST, false));
    Trust revoked =
        below(ROOT, RootUse.ROOT, Optional.of(ROOT.crl(1, false, FIRST)), SECOND, FIRST);
    refused(exchange(revoked, FIRST, false));
  }

  @Test
  void anotherRootIsNone() throws Exception {
    SoftwareCa foreign = new SoftwareRoot().ca(FakeHouse.AUTHORITY, 2);
    refused(exchange(below(ROOT, RootUse.ROOT, NO_CRL, SECOND), foreign, true));
    refused(exchange(below(ROOT, RootUse.PINNED, NO_CRL, SECOND), foreign, true));
  }
}
