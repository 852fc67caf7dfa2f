package io.carousel.agent.program;

import io.carousel.agent.Enrolment;
import io.carousel.agent.HouseException;
import io.carousel.agent.config.AgentConfig;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.tls.HouseTls;
import io.carousel.events.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the house.
 *
 * @param credential by which the house knows the agent; empty on the house's own machine, where its
 *     secret does
 */
record HouseLine(HttpHouse house, Optional<HouseCredential> credential) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HouseLine.class);

  /**
   * As the configuration says.
   *
   * @throws AgentTrouble if the secret is missing, or others can read it
   */
  static HouseLine of(AgentConfig config) throws AgentTrouble {
    try {
      return switch (config.house()) {
        case AgentConfig.House.BySecret here -> {
          var house = new HttpHouse(here.url(), here.secretFile());
          house.requireSecret();
          yield new HouseLine(house, Optional.empty());
        }
        case AgentConfig.House.ByTls away -> {
          var tls = new HouseTls(pins(away, config));
          var house = new HttpHouse(away.url(), tls);
          yield new HouseLine(house, Optional.of(new HouseCredential(config.state(), house, tls)));
        }
      };
    } catch (IllegalArgumentException | HouseException | IOException e) {
      throw new AgentTrouble(e.getMessage(), e);
    }
  }

  /**
   * The token is of no use once it has let the agent in: whatever has become of it since keeps no
   * agent from starting, which knows its house by what it has kept.
   */
  private static Set<Digest> pins(AgentConfig.House.ByTls house, AgentConfig config)
      throws IOException {
    Optional<Path> token = config.token().filter(Files::exists);
    if (!house.pins().isEmpty() || token.isEmpty()) {
      return house.pins();
    }
    try {
      return Enrolment.pins(token.get());
    } catch (IOException e) {
      if (Admittance.isDue(config)) {
        throw e;
      }
      LOG.warn("{}; it is of no use any more, remove it", e.getMessage());
      return Set.of();
    }
  }

  @Override
  public void close() {
    house.close();
  }
}
