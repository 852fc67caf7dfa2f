package io.carousel.e2e.fleet;

import static io.carousel.e2e.fleet.FiveServers.AUTHORITY;
import static io.carousel.e2e.fleet.FiveServers.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.PhaseName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * nginx, haproxy, PostgreSQL, sshd and a server on the JVM, called by curl, openssl, psql, ssh and
 * a client on the JVM: ten hosts, ten agents, one authority for X.509 and SSH.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FiveServersTest {
  private static final int ENOUGH = 5;

  private FiveServers fleet;

  @BeforeAll
  void start(@TempDir Path own) throws Exception {
    fleet = new FiveServers(own);
    fleet.start();
  }

  @AfterAll
  void stop() throws Exception {
    fleet.close();
  }

  @Test
  void rollbacksAndARotationWhileEverythingIsKilledFailNoExchange() throws Exception {
    Map<Kind, Path> old;
    Map<Kind, Session> sessions;
    var held = new EnumMap<Kind, Held>(Kind.class);
    try (var load = new Load()) {
      for (Kind kind : Kind.values()) {
        load.add(kind, fleet.exchange(kind).resuming(fleet.folder()), fleet.client(kind));
      }
      load.more(ENOUGH);
      aRollbackFrom(PhaseName.INIT, load);
      aRollbackFrom(PhaseName.UPDATE_CLIENTS, load);
      old = kept();
      aRollbackFrom(PhaseName.UPDATE_SERVERS, load);
      sessions = aRotationWhileEverythingIsKilled(load, old, held);
      allBy(load, 5);
      System.out.printf(
          "%d exchanges, %d of them with resumed sessions, %d failed%n%s",
          load.total(), load.resumed(), load.failures().size(), load.summary());
      assertThat(load.resumed()).isPositive();
      assertThat(load.failures()).isEmpty();
    }
    var controls = new Controls(fleet, 5);
    controls.whatIsRemovedWorksNoMore(old);
    controls.noSessionOutlivesTrust(sessions);
    controls.noConnectionOutlivesTrustForLong(held);
    controls.oneThatRemovesTooEarlyRefuses();
    controls.whoIsRevokedIsLetInNoMore();
    controls.strangersAreLetInNowhere();
  }

  /** One host sleeps through all of the second: it is given up by name, and finds its way. */
  private void aRollbackFrom(PhaseName last, Load load) throws Exception {
    Host sleeper = fleet.client(Kind.JVM);
    boolean asleep = last == PhaseName.UPDATE_CLIENTS;
    String[] abandoned =
        asleep ? new String[] {"--abandon=" + sleeper.name(), "--reason=asleep"} : new String[0];
    if (asleep) {
      sleeper.fallAsleep();
    }
    begin(load);
    for (PhaseName next : List.of(PhaseName.UPDATE_CLIENTS, PhaseName.UPDATE_SERVERS)) {
      if (last.compareTo(next) >= 0) {
        advance(load, next, abandoned);
      }
    }
    fleet.cli().done("rotation", "rollback", AUTHORITY, "--reason=drill");
    load.more(ENOUGH);
    advance(load, PhaseName.STANDBY, abandoned);
    if (asleep) {
      sleeper.start();
      load.more(ENOUGH);
    }
  }

  /**
   * Everything is.
   *
   * @param old what clients had before
   * @param held gets connections that were made with that, just before it is trusted no more
   * @return sessions made with that just before it is trusted no more
   */
  private Map<Kind, Session> aRotationWhileEverythingIsKilled(
      Load load, Map<Kind, Path> old, Map<Kind, Held> held) throws Exception {
    var sessions = new EnumMap<Kind, Session>(Kind.class);
    long seed = Long.getLong("carousel.test.seed", System.nanoTime());
    System.out.printf("seed %d (-Dcarousel.test.seed)%n", seed);
    var chaos = new Chaos(seed, fleet.hosts(), fleet.node());
    begin(load);
    for (PhaseName next :
        List.of(PhaseName.UPDATE_CLIENTS, PhaseName.UPDATE_SERVERS, PhaseName.STANDBY)) {
      open(load);
      if (next == PhaseName.STANDBY) {
        for (Kind kind : Session.KINDS) {
          sessions.put(kind, fleet.session(kind, old.get(Kind.NGINX)));
        }
        for (Kind kind : Held.KINDS) {
          held.put(kind, fleet.hold(kind, fleet.trusting(kind, old.get(kind))));
        }
      }
      fleet.cli().done("rotation", "advance", AUTHORITY);
      chaos.burst();
      await().atMost(PATIENCE).until(() -> fleet.status().seen().phase() == next);
      if (next == PhaseName.STANDBY) {
        namedForConnectionsFromBefore(Held.KINDS);
      }
      load.more(ENOUGH);
    }
    System.out.printf("killed: %s%n", chaos);
    return sessions;
  }

  /** Each at some moment: agents let go of a CA one after the other. */
  private void namedForConnectionsFromBefore(Set<Kind> kinds) {
    var named = new HashSet<String>();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          fleet.status().earlierConnections().most().stream()
              .map(line -> line.participant().value())
              .forEach(named::add);
          assertThat(named).as(fleet.said()).containsAll(kinds.stream().map(Kind::server).toList());
        });
  }

  private void begin(Load load) {
    fleet.begin();
    load.more(ENOUGH);
  }

  private void advance(Load load, PhaseName to, String... more) {
    open(load, more);
    String[] command =
        Stream.concat(
                Stream.of("rotation", "advance", AUTHORITY, "--wait", "--timeout=120s"),
                Stream.of(more))
            .toArray(String[]::new);
    fleet.cli().breaking(command);
    assertThat(fleet.status().seen().phase()).isEqualTo(to);
    load.more(ENOUGH);
  }

  /** Waits until the gate is, but for whom these options abandon. */
  private void open(Load load, String... more) {
    List<String> abandoned = List.of(more);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(load.failures()).isEmpty();
          assertThat(fleet.status().gate().lacking())
              .as(fleet.said())
              .allMatch(lacking -> abandoned.contains("--abandon=" + lacking.participant()));
        });
  }

  private void allBy(Load load, int generation) {
    load.more(ENOUGH);
    for (Kind kind : Kind.values()) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            Exchange.Made made = fleet.made(kind);
            assertThat(made.client()).isEqualTo(generation);
            assertThat(made.server()).isIn(0, generation);
          });
    }
  }

  /** Copies of what clients have now, with the trust of that time. */
  private Map<Kind, Path> kept() throws IOException {
    var copies = new EnumMap<Kind, Path>(Kind.class);
    for (Kind kind : Kind.values()) {
      copies.put(kind, fleet.copy(fleet.client(kind).set(), kind.client() + "-kept"));
    }
    return copies;
  }
}
