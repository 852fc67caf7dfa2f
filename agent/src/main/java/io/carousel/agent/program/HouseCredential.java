package io.carousel.agent.program;

import io.carousel.agent.Installation;
import io.carousel.agent.Material;
import io.carousel.agent.Published;
import io.carousel.agent.Revocation;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.disk.Ownership;
import io.carousel.agent.output.AuthorityOutputs;
import io.carousel.agent.output.Layout;
import io.carousel.agent.output.OutputSettings;
import io.carousel.agent.output.OutputStanding;
import io.carousel.agent.service.CommandService;
import io.carousel.agent.tls.HouseTls;
import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the agent shows to its house on another machine, and takes for it: kept over restarts in the
 * state folder, since the pins of the configuration grow old with the first rotation.
 */
final class HouseCredential implements Installation {
  private final AuthorityOutputs kept;
  private final HouseTls tls;

  HouseCredential(Path state, Published published, HouseTls tls) {
    var place =
        new OutputSettings(
            AuthorityName.BUILT_IN,
            List.of(Role.PRESENTS_CLIENT),
            Format.X509,
            Layout.PEM,
            state.resolve("house"),
            Ownership.PRIVATE,
            new CommandService(Optional.empty(), Optional.empty()));
    this.kept = new AuthorityOutputs(AuthorityName.BUILT_IN, List.of(place), published);
    this.tls = tls;
  }

  @Override
  public void install(Material material) throws UnfitMaterial, InterruptedException {
    kept.install(material);
    tls.install(material);
  }

  @Override
  public Optional<String> damage() throws InterruptedException {
    return kept.damage();
  }

  @Override
  public List<Revocation> revoked(Material material) throws InterruptedException {
    return kept.revoked(material);
  }

  /** How its files stand now. */
  List<OutputStanding> standing() {
    return kept.standing();
  }

  @Override
  public Optional<Found> found() throws UnfitMaterial, InterruptedException {
    return taken(kept.found());
  }

  /** Goes by what is kept, and changes nothing on disk. */
  void look() throws UnfitMaterial {
    taken(kept.look());
  }

  private Optional<Found> taken(Optional<Found> found) throws UnfitMaterial {
    if (found.isPresent()) {
      tls.install(found.get().material());
    }
    return found;
  }
}
