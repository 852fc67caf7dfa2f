package io.carousel.deploy.demo;

import io.carousel.agent.Material;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.X509Credential;
import io.carousel.agent.tls.ExchangeClient;
import io.carousel.agent.tls.ExchangeServer;
import io.carousel.agent.tls.Exchanges;
import io.carousel.agent.tls.FailureCause;
import io.carousel.agent.tls.MutualTls;
import io.carousel.agent.tls.Outcome;
import io.carousel.deploy.demo.Summary.Control;
import io.carousel.events.ParticipantName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Things done wrong on purpose. Each must be refused by the server and counted as a failure by the
 * very counters that found no failure in the fleet; and the same exchange done right must succeed,
 * so that it is the wrong that fails it and nothing else.
 *
 * @param exchanges the fleet's counters
 * @param folder for a foreign CA
 */
record Controls(Exchanges exchanges, Path folder) {

  /**
   * What was at work in the first two members at some moment.
   *
   * @param client of a client
   * @param server of a server
   */
  record Moment(Material client, Material server) {
    static Moment of(Fleet fleet) {
      return new Moment(
          fleet.clients().getFirst().material(), fleet.servers().getFirst().material());
    }
  }

  /**
   * All of them.
   *
   * @param beginning before the first rotation
   * @param bothTrusted when a successor was trusted by all and presented by none
   */
  List<Control> all(Fleet fleet, Moment beginning, Moment bothTrusted) throws DemoFailed {
    Fleet.Member server = fleet.servers().getFirst();
    Material honest = fleet.clients().getFirst().material();
    try {
      return List.of(
          refused(
              "credential of a removed CA",
              honest,
              with(honest, beginning.client().x509().orElseThrow()),
              server.name(),
              server.address()),
          refused(
              "credential of an unknown CA",
              honest,
              with(honest, foreign(honest)),
              server.name(),
              server.address()),
          trustRemovedTooEarly(bothTrusted));
    } catch (UnfitMaterial | IOException e) {
      throw new DemoFailed("a control cannot be set up: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailed("interrupted", e);
    }
  }

  private X509Credential foreign(Material honest) throws DemoFailed {
    String known = honest.x509().orElseThrow().certificate().getIssuerX500Principal().getName();
    return new Stranger(folder).credential(honest.owner(), known);
  }

  private static Material with(Material material, X509Credential credential) {
    return new Material(material.owner(), material.trust(), Optional.of(credential));
  }

  /** A server that stops trusting the older CA while clients still present it. */
  private Control trustRemovedTooEarly(Moment moment)
      throws IOException, UnfitMaterial, InterruptedException {
    Material server = moment.server();
    var tls = new MutualTls();
    tls.install(server);
    try (ExchangeServer member = ExchangeServer.start(tls)) {
      Outcome right = exchange(moment.client(), server.owner(), member.address());
      int presented = moment.client().x509().orElseThrow().generation();
      tls.install(new Material(server.owner(), without(server.trust(), presented), server.x509()));
      return judged(
          "trust removed too early in one member",
          right,
          moment.client(),
          server.owner(),
          member.address());
    }
  }

  private static Trust without(Trust trust, int generation) {
    return new Trust(
        trust.bundle(),
        trust.anchors().stream().filter(a -> a.generation() != generation).toList());
  }

  private Control refused(
      String name,
      Material right,
      Material wrong,
      ParticipantName server,
      InetSocketAddress address)
      throws UnfitMaterial, InterruptedException {
    return judged(name, exchange(right, server, address), wrong, server, address);
  }

  private Control judged(
      String name, Outcome right, Material wrong, ParticipantName server, InetSocketAddress address)
      throws UnfitMaterial, InterruptedException {
    if (right instanceof Outcome.Failed failed) {
      return new Control(name, false, "the same done right failed too: " + failed.why());
    }
    long before = exchanges.tally().failed();
    Outcome outcome = exchange(wrong, server, address);
    long counted = exchanges.tally().failed() - before;
    return switch (outcome) {
      case Outcome.Succeeded _ -> new Control(name, false, "the exchange succeeded");
      case Outcome.Failed failed -> {
        boolean refused = failed.cause() == FailureCause.REFUSED_BY_SERVER && counted == 1;
        yield new Control(name, refused, "%s: %s".formatted(failed.cause().wire(), failed.why()));
      }
    };
  }

  private Outcome exchange(Material material, ParticipantName server, InetSocketAddress address)
      throws UnfitMaterial, InterruptedException {
    var tls = new MutualTls();
    tls.install(material);
    return new ExchangeClient(tls, exchanges).exchange(server, address);
  }
}
