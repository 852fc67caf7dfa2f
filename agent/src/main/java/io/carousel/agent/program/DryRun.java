package io.carousel.agent.program;

import io.carousel.agent.Admission;
import io.carousel.agent.HouseException;
import io.carousel.agent.Installation;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.Use;
import io.carousel.agent.config.AgentConfig;
import io.carousel.agent.disk.StateFolder;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.output.AuthorityOutputs;
import io.carousel.agent.output.OutputStanding;
import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.Profile;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what an agent would do, and does nothing of it: nothing is written, asked for or run. */
public final class DryRun {
  /** As agents do at the latest. */
  private static final double RENEW_AT = 2.0 / 3;

  private final AgentConfig config;
  private final HttpHouse house;
  private final List<String> lines = new ArrayList<>();
  private boolean possible = true;

  private DryRun(AgentConfig config, HttpHouse house) {
    this.config = config;
    this.house = house;
  }

  /**
   * What would be done.
   *
   * @param possible whether nothing stands in the way that can be seen now
   */
  public record Plan(List<String> lines, boolean possible) {
    /** Copies. */
    public Plan {
      lines = List.copyOf(lines);
    }
  }

  /**
   * Looks at the house and at what is on disk.
   *
   * @throws AgentTrouble if the agent would not start
   */
  public static Plan of(AgentConfig config) throws AgentTrouble, InterruptedException {
    try (HouseLine line = HouseLine.of(config)) {
      if (line.credential().isPresent()) {
        line.credential().get().look();
      }
      var dry = new DryRun(config, line.house());
      dry.look();
      return new Plan(dry.lines, dry.possible);
    } catch (UnfitMaterial e) {
      throw new AgentTrouble(e.getMessage(), e);
    }
  }

  private void look() throws InterruptedException {
    if (!Files.exists(config.identityKey())) {
      say("would make the identity key " + config.identityKey());
      if (!Admittance.isDue(config)) {
        lacking("'%s' must be enrolled with it: carousel agent identity".formatted(config.name()));
      }
    }
    if (Admittance.isDue(config)) {
      say("would enrol '%s' by the token in %s".formatted(config.name(), config.token().get()));
    }
    for (Membership membership : config.memberships()) {
      if (membership.authority().equals(AuthorityName.BUILT_IN)) {
        continue;
      }
      var outputs =
          new AuthorityOutputs(
              membership.authority(), config.byAuthority().get(membership.authority()), house);
      outputs.obstacles().forEach(this::lacking);
      try {
        look(membership, outputs);
      } catch (HouseException | UnfitMaterial | IOException e) {
        lacking("authority '%s': %s".formatted(membership.authority(), e.getMessage()));
      }
    }
    house.clockDifference().flatMap(Agent::clockTrouble).ifPresent(this::lacking);
  }

  private void look(Membership membership, AuthorityOutputs outputs)
      throws HouseException, UnfitMaterial, IOException, InterruptedException {
    Optional<Installation.Found> found = outputs.look();
    Optional<TrustBundle> kept = StateFolder.readBundle(config.state(), membership.authority());
    Optional<Trust> newest =
        kept.isPresent() ? Optional.of(Trust.of(kept.get())) : found.map(f -> f.material().trust());
    Optional<TrustBundle> offered = house.bundle(membership.authority(), 0, Duration.ZERO);
    if (offered.isEmpty()) {
      lacking("authority '%s' has no bundle yet".formatted(membership.authority()));
      return;
    }
    Trust trust = Admission.admit(membership.authority(), newest, offered.get());
    boolean change = bundle(trust, found);
    for (Format format : membership.formats()) {
      for (Profile profile : membership.profiles(format)) {
        var use = new Use(format, profile);
        change |= credential(use, trust, found.flatMap(f -> f.material().credential(use)));
      }
    }
    for (OutputStanding output : change ? outputs.standing() : List.<OutputStanding>of()) {
      say(
          "would write a new set into %s in place of %s (%s)"
              .formatted(output.folder(), output.set().orElse("none"), output.service()));
    }
  }

  private boolean bundle(Trust trust, Optional<Installation.Found> found) {
    TrustBundle bundle = trust.bundle();
    if (found.filter(f -> f.atWork() && f.material().trust().trustsSameAs(trust)).isPresent()) {
      say(
          "authority '%s': bundle %d is at work, phase %s"
              .formatted(bundle.authority(), bundle.number(), bundle.phase()));
      return false;
    }
    say(
        "authority '%s': would put bundle %d to work, phase %s"
            .formatted(bundle.authority(), bundle.number(), bundle.phase()));
    return true;
  }

  private boolean credential(Use use, Trust trust, Optional<OwnCredential> held) {
    int due = trust.bundle().generationFor(use.profile());
    if (due == 0) {
      say("  the house issues no %s %s credential by now".formatted(use.format(), use.profile()));
      return false;
    }
    Optional<String> why = held.isEmpty() ? Optional.of("there is none") : why(held.get(), due);
    why.ifPresentOrElse(
        reason ->
            say(
                "  would ask for the %s %s credential of generation %d: %s"
                    .formatted(use.format(), use.profile(), due, reason)),
        () -> say("  %s is good until %s".formatted(held.get(), held.get().notAfter())));
    return why.isPresent();
  }

  private static Optional<String> why(OwnCredential held, int due) {
    if (held.generation() != due) {
      return Optional.of("the one in place is of generation %d".formatted(held.generation()));
    }
    return Instant.now().isBefore(held.after(RENEW_AT))
        ? Optional.empty()
        : Optional.of("the one in place ends at %s".formatted(held.notAfter()));
  }

  private void lacking(String line) {
    possible = false;
    lines.add("PROBLEM: " + line);
  }

  private void say(String line) {
    lines.add(line);
  }
}
