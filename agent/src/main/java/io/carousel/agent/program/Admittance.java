package io.carousel.agent.program;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.agent.Enrolment;
import io.carousel.agent.House;
import io.carousel.agent.HouseException;
import io.carousel.agent.Identity;
import io.carousel.agent.config.AgentConfig;
import io.carousel.agent.disk.DurableFile;
import io.carousel.events.Enrolled;
import io.carousel.events.Membership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets an agent into its house by an enrolment token, once for each identity key. What was done is
 * remembered, so that the token may be gone afterwards.
 */
final class Admittance {
  private static final Logger LOG = LoggerFactory.getLogger(Admittance.class);
  private static final String MARK = "enrolled";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private Admittance() {}

  /** Whether that is still to be done, as far as this machine remembers. */
  static boolean isDue(AgentConfig config) {
    return config.token().isPresent() && Files.notExists(mark(config));
  }

  private static Path mark(AgentConfig config) {
    return config.state().resolve(MARK);
  }

  /**
   * Enrols it if there is a token, and this identity key was not let in before.
   *
   * @throws AgentTrouble if the house says no, is not to be reached for half a minute, or has
   *     enrolled it for something else than its outputs need
   * @throws IOException if the token cannot be read, or what was done cannot be remembered
   */
  static void unlessDone(AgentConfig config, Identity identity, House house)
      throws AgentTrouble, IOException, InterruptedException {
    byte[] key = identity.publicKey().digest().toString().getBytes(US_ASCII);
    Path mark = mark(config);
    boolean done = Files.exists(mark) && Arrays.equals(Files.readAllBytes(mark), key);
    if (config.token().isEmpty() || done) {
      return;
    }
    Enrolled enrolled = enrol(config.token().get(), identity, house);
    requireFit(config, enrolled);
    DurableFile.replace(mark, key);
    LOG.info("'{}' is enrolled; {} is of no use any more", identity.name(), config.token().get());
  }

  private static Enrolled enrol(Path tokenFile, Identity identity, House house)
      throws AgentTrouble, IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return Enrolment.enrol(house, identity, tokenFile, InstantSource.system());
      } catch (HouseException.Unavailable e) {
        // Whoever is to wait for longer than that hears why, instead of a start that hangs.
        Duration pause = e.retryAfter().orElse(PAUSE);
        if (pause.toNanos() > end - System.nanoTime()) {
          throw new AgentTrouble("not enrolled yet: " + e.getMessage(), e);
        }
        Thread.sleep(pause);
      } catch (HouseException e) {
        throw new AgentTrouble("not enrolled: " + e.getMessage(), e);
      }
    }
  }

  private static void requireFit(AgentConfig config, Enrolled enrolled) throws AgentTrouble {
    List<String> missing =
        config.memberships().stream()
            .filter(wanted -> enrolled.memberships().stream().noneMatch(m -> fits(m, wanted)))
            .map(m -> "%s of authority '%s'".formatted(m.roles(), m.authority()))
            .toList();
    if (!missing.isEmpty()) {
      throw new AgentTrouble(
          "the token enrolled '%s' for something else than its outputs need: not %s; an operator changes what it is enrolled for (carousel agent identity), or the outputs' roles are to be others"
              .formatted(enrolled.participant(), String.join(", ", missing)));
    }
  }

  private static boolean fits(Membership has, Membership wanted) {
    return has.authority().equals(wanted.authority())
        && has.roles().equals(wanted.roles())
        && has.formats().containsAll(wanted.formats());
  }
}
