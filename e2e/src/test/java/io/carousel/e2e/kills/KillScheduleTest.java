package io.carousel.e2e.kills;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.Habits;
import io.carousel.agent.Identity;
import io.carousel.agent.Participant;
import io.carousel.agent.tls.MutualTls;
import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Format;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.events.orders.SignatureAccount;
import io.carousel.events.seal.Message;
import io.carousel.events.testing.SpyLog;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node is killed again and again, as a whole tree and one process at a time, while operators give
 * commands and participants ask for credentials and report. Nothing that was acknowledged is lost,
 * and the records explain every call of C_Sign that a module before each token saw. {@code
 * -Dcarousel.kills=30} kills 30 times in each of the two ways, {@code -Dcarousel.seed} repeats a
 * schedule.
 */
class KillScheduleTest {
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final int KILLS = Integer.getInteger("carousel.kills", 1);
  private static final int LONGEST_PAUSE_MILLIS = 4_000;
  private static final AuthorityName WEB = new AuthorityName("web");
  private static final AuthorityName LOAD = new AuthorityName("load");
  private static final Habits HABITS =
      new Habits(
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          InstantSource.system(),
          new SecureRandom());

  @TempDir Path folder;

  private final long seed = Long.getLong("carousel.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<Target, Integer> kills = new EnumMap<>(Target.class);
  private final List<AutoCloseable> load = new ArrayList<>();

  private enum Target {
    TREE,
    NODE,
    WORKER,
    BUSY_WORKER;

    private static Target alone(int number) {
      return values()[1 + number % 3];
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void nothingAcknowledgedIsLostAndEverySignatureIsExplained() throws Exception {
    System.err.println("kill schedule: seed " + seed + ", " + KILLS + " kills of each kind");
    try (var node = KilledNode.start(folder, freePort());
        var house = new Acknowledged(node.api(), node.secret())) {
      for (AuthorityName name : List.of(WEB, LOAD)) {
        node.cli().done("authority", "create", name.value(), "--leaf-lifetime=1h", "--wait");
      }
      node.spy();
      List<Requests> requests = startLoad(node, house);
      var operators = new Operators(folder, node.cli());
      load.add(operators);
      for (int i = 0; i < 2 * KILLS; i++) {
        if (random.nextInt(4) > 0 && node.serves()) {
          int before = house.credentials().size();
          await().atMost(PATIENCE).until(() -> house.credentials().size() > before);
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
        kill(node, i % 2 == 0 ? Target.TREE : Target.alone(i / 2));
        System.err.printf(
            "kill schedule: %s; %d commands, %d credentials, %d reports acknowledged%n",
            kills,
            operators.acknowledged().size(),
            house.credentials().size(),
            house.reports().size());
        if (random.nextInt(5) == 0 && i + 1 < 2 * KILLS) {
          node.launch(); // and is killed next while it starts
        } else {
          node.serve();
        }
      }
      int before = house.credentials().size();
      await().atMost(PATIENCE).until(() -> house.credentials().size() > before);
      for (AutoCloseable one : load) {
        one.close();
      }
      judge(node, house, operators, requests);
    }
  }

  private List<Requests> startLoad(KilledNode node, Acknowledged house) throws Exception {
    for (String name : List.of("server", "client")) {
      var membership =
          new Membership(
              WEB,
              List.of(
                  name.equals("server") ? Role.PRESENTS_SERVER : Role.PRESENTS_CLIENT,
                  Role.VERIFIES));
      Identity identity = enrolled(node, name, membership);
      load.add(
          Participant.start(identity, List.of(membership), house, _ -> new MutualTls(), HABITS));
    }
    List<Requests> requests = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      var membership =
          new Membership(LOAD, List.of(Role.PRESENTS_CLIENT), List.of(Format.X509), List.of());
      requests.add(new Requests(enrolled(node, "p-" + i, membership), LOAD, house));
    }
    load.addAll(requests);
    return requests;
  }

  private void kill(KilledNode node, Target target) throws Exception {
    kills.merge(target, 1, Integer::sum);
    switch (target) {
      case TREE -> node.killTree();
      case NODE -> node.killNode();
      case WORKER -> node.killWorker(random);
      case BUSY_WORKER -> {
        // It has something to do only while the node serves.
        node.serve();
        node.killBusyWorker();
      }
    }
  }

  private void judge(
      KilledNode node, Acknowledged house, Operators operators, List<Requests> requests)
      throws Exception {
    Map<String, Integer> unanswered = new TreeMap<>();
    requests.forEach(
        r -> r.unanswered().forEach((why, n) -> unanswered.merge(why, n, Integer::sum)));
    var kafka = new Topics(node.bootstrap());
    Map<Serial, CommandId> issued = new HashMap<>();
    kafka.read(
        Topic.RESULTS.topicName(),
        m -> {
          if (Wire.CURRENT.leafResult(m.need(Message.TYPE), m.value()) instanceof LeafSigned s) {
            issued.put(s.serial(), s.answers());
          }
        });
    Set<Acknowledged.ReportId> reported = new HashSet<>();
    kafka.read(
        Topic.FLEET.topicName(),
        m -> {
          Report r = Wire.CURRENT.report(m.need(Message.TYPE), m.value());
          reported.add(new Acknowledged.ReportId(r.participant(), r.authority(), r.counter()));
        });
    var events = new StringBuilder();
    kafka.read(Topic.EVENTS.topicName(), m -> events.append(new String(m.value(), UTF_8)));
    Set<String> lost =
        operators.acknowledged().stream()
            .filter(word -> !events.toString().contains('"' + word + '"'))
            .collect(Collectors.toSet());
    Explained explained = Explained.of(house.id(), kafka);
    List<SpyLog.Signature> seen = node.signatures();
    List<SpyLog.Signature> unexplained = explained.unexplained(seen);
    SignatureAccount account = explained.account();
    System.err.printf(
        "kill schedule: seed %d, kills %s%n"
            + "  acknowledged: %d commands (%d refused or unknown), %d credentials (%d calls unanswered), %d reports%n"
            + "  C_Sign %d (%d not known to be done); begun %d, heard %d, begun and unheard %d; unexplained %d%n",
        seed,
        kills,
        operators.acknowledged().size(),
        sum(operators.others()),
        house.credentials().size(),
        sum(unanswered),
        house.reports().size(),
        seen.size(),
        seen.stream().filter(s -> !s.done()).count(),
        account.most(),
        account.heard(),
        account.unheard().size(),
        unexplained.size());
    said("commands", operators.others());
    said("calls", unanswered);
    assertThat(lost).as("commands lost").isEmpty();
    assertThat(operators.acknowledged()).as("commands").isNotEmpty();
    assertThat(issued.keySet()).as("credentials").containsAll(house.credentials());
    assertThat(reported).as("reports").containsAll(house.reports()).isNotEmpty();
    assertThat(unexplained).as("signatures").isEmpty();
    assertThat((long) seen.size()).isLessThanOrEqualTo(account.most());
    // The spy is not blind: it saw what each acknowledged credential was signed over.
    Set<String> signed =
        seen.stream().map(SpyLog.Signature::sha256).collect(Collectors.toUnmodifiableSet());
    Set<CommandId> known = explained.commandsOf(signed);
    assertThat(house.credentials()).as("seen").allMatch(s -> known.contains(issued.get(s)));
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static void said(String what, Map<String, Integer> counts) {
    counts.forEach((why, n) -> System.err.printf("  %d %s: %s%n", n, what, why));
  }

  private static Identity enrolled(KilledNode node, String name, Membership membership)
      throws Exception {
    Identity identity = Identity.create(new ParticipantName(name));
    node.post(
        "/v1/participants",
        new WantedParticipant(
            identity.name(), identity.publicKey(), List.of(WantedMembership.of(membership))));
    return identity;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
