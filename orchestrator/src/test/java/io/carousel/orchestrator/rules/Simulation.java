package io.carousel.orchestrator.rules;

import io.carousel.events.Act;
import io.carousel.events.AuthorityName;
import io.carousel.events.Breakage;
import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.ExternalRoot;
import io.carousel.events.FormatSuite;
import io.carousel.events.OperatorAct;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.DeclareSlotLost;
import io.carousel.events.OperatorAct.Distrust;
import io.carousel.events.OperatorAct.ImportCaCertificate;
import io.carousel.events.OperatorAct.JoinSlot;
import io.carousel.events.OperatorAct.LeaveSlot;
import io.carousel.events.OperatorAct.RemoveSlot;
import io.carousel.events.OperatorAct.Retrust;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.RevocationReason;
import io.carousel.events.RootUse;
import io.carousel.events.Seen;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * Operators, workers, participants and the clock, each acting as chance has it; one seed gives one
 * history. Everything is checked after every step.
 */
final class Simulation {
  private static final Policy POLICY =
      new Policy(
          Duration.ofHours(2),
          Duration.ofDays(20),
          Duration.ofMinutes(1),
          Optional.of(Duration.ofHours(6)));

  private final Random random;
  private final Story story;
  private final Invariants invariants = new Invariants();
  private final List<SimulatedFleet> fleets = new ArrayList<>();
  private final List<KeyCommand> commands = new ArrayList<>();
  private final List<WorkerAct> answers = new ArrayList<>();
  private final Map<AuthorityName, Seen> looked = new HashMap<>();
  private final Optional<RootCa> root;
  private Instant time;

  Simulation(long seed) {
    this(seed, Optional.empty());
  }

  /** With an authority below a root that signs when chance has it. */
  static Simulation belowRoot(long seed) {
    return new Simulation(seed, Optional.of(new RootCa("Root")));
  }

  private Simulation(long seed, Optional<RootCa> root) {
    this.root = root;
    random = new Random(seed);
    story = new Story(seed, "hsm-a", "hsm-b", "hsm-c");
    time = story.now();
    var a = new SlotName("hsm-a");
    var b = new SlotName("hsm-b");
    create(
        root.isPresent() ? "edge" : "user",
        List.of(a, b),
        root.map(r -> new ExternalRoot(r.root(), RootUse.PINNED)));
    create("carousel", List.of(b), Optional.empty());
    story.accept(
        new CreateAuthority(
            new AuthorityName("old"),
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(a),
            POLICY,
            "p-1",
            ForeignCa.of(Suite.ECDSA_P256).imported()));
    fleets.add(new SimulatedFleet(story, "old", random));
  }

  private void create(String name, List<SlotName> slots, Optional<ExternalRoot> above) {
    story.accept(
        new CreateAuthority(
            new AuthorityName(name),
            FormatSuite.x509(Suite.ECDSA_P256),
            slots,
            POLICY,
            "p-1",
            above));
    fleets.add(new SimulatedFleet(story, name, random));
  }

  /** Lets that much happen. */
  List<Event> run(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
      for (SimulatedFleet fleet : fleets) {
        fleet.noHandshakeFails(time);
      }
      invariants.look(story.log(), story.house());
    }
    invariants.replays(story.log());
    return story.log().stream().map(r -> r.event()).toList();
  }

  private void step() {
    story.house().outbox().values().stream()
        .filter(c -> !commands.contains(c))
        .forEach(commands::add);
    if (root.isPresent() && random.nextInt(8) == 0) {
      rootSigns(root.get());
      return;
    }
    SimulatedFleet fleet = fleets.get(random.nextInt(fleets.size()));
    int dice = random.nextInt(100);
    if (dice < 20) {
      operatorActs(fleet);
    } else if (dice < 45) {
      workerActs();
    } else if (dice < 80) {
      fleet.acts();
    } else if (dice < 86) {
      fleet.keepsUp();
    } else if (dice < 91) {
      fleet.changes();
    } else {
      timePasses();
    }
  }

  /** One of the requests that wait; now and then what came before is brought again. */
  private void rootSigns(RootCa above) {
    Authority edge = story.authority("edge");
    List<Key.AwaitingCertificate> waiting = ExternalRules.awaiting(edge).toList();
    if (waiting.isEmpty()) {
      return;
    }
    Bytes certificate =
        above
            .below(any(waiting).request())
            .between(RootCa.FROM, story.house().clock().plus(POLICY.caLifetime()))
            .sign();
    var act = new ImportCaCertificate(edge.name(), certificate, "p-1");
    story.ask(act);
    if (random.nextBoolean()) {
      story.ask(act);
    }
  }

  private void operatorActs(SimulatedFleet fleet) {
    AuthorityName name = fleet.fleet().name();
    Seen now = story.house().authority(name).orElseThrow().seen();
    // Sometimes by what was on the screen a while ago.
    Seen seen = random.nextInt(6) == 0 ? looked.getOrDefault(name, now) : now;
    looked.put(name, now);
    if (random.nextInt(4) == 0) {
      trustChanges(fleet, seen);
      return;
    }
    switch (random.nextInt(16)) {
      case 0, 1 -> story.ask(new StartRotation(name, seen, List.of(), "", "p-1"));
      case 2 ->
          breaks(
              fleet,
              named ->
                  new RollBack(name, seen, random.nextInt(5) == 0 ? "" : "no good", "p-1", named));
      case 3, 8 -> abandons(fleet, seen);
      case 4 -> story.ask(new JoinSlot(name, seen, anySlot(), "", "p-1"));
      case 5 -> {
        SlotName slot = anySlot();
        breaks(fleet, named -> new LeaveSlot(name, seen, slot, "too old", "p-1", named));
      }
      case 7 -> revokes(fleet);
      case 6 -> aboutASlot();
      default ->
          story.ask(
              new Advance(
                  name, seen, List.of(), random.nextInt(4) == 0, "go on", "p-1", elsewhere(name)));
    }
  }

  /**
   * Whether the operator says that what was issued elsewhere is replaced, as it mostly is right.
   */
  private boolean elsewhere(AuthorityName name) {
    Authority a = story.house().authority(name).orElseThrow();
    boolean right =
        a.phase() instanceof Phase.UpdateServers p
            && a.generation(p.retiring()).origin().elsewhere();
    return random.nextInt(8) == 0 ? !right : right;
  }

  /** Mostly one of which it can be asked. */
  private int generation(Authority a, boolean back) {
    List<Integer> fit =
        a.generations().values().stream()
            .filter(g -> back ? !a.trusted().contains(g.number()) : g.retrusted())
            .map(Generation::number)
            .toList();
    return fit.isEmpty() || random.nextInt(6) == 0
        ? 1 + random.nextInt(a.generations().size() + 1)
        : any(fit);
  }

  /** Trust is given back to a generation, or taken again; maybe some are left behind. */
  private void trustChanges(SimulatedFleet fleet, Seen seen) {
    AuthorityName name = fleet.fleet().name();
    Authority a = story.house().authority(name).orElseThrow();
    boolean back = random.nextBoolean();
    int generation = generation(a, back);
    if (back) {
      story.ask(new Retrust(name, seen, generation, "once more", "p-1"));
      return;
    }
    if (random.nextBoolean()) {
      fleet.keepsUp();
    }
    List<ParticipantName> names = List.of();
    if (random.nextInt(4) == 0 && a.generations().containsKey(generation)) {
      names =
          Gate.against(story.house(), a, generation, fleet.fleet().evidence(), story.now())
              .lacking(java.util.Set.of())
              .stream()
              .map(Gate.Answer::about)
              .distinct()
              .toList();
    }
    boolean elsewhere =
        a.generations().containsKey(generation) && a.generation(generation).origin().elsewhere();
    List<ParticipantName> abandoned = names;
    boolean nobody = random.nextInt(4) == 0;
    breaks(
        fleet,
        named ->
            new Distrust(
                name, seen, generation, abandoned, nobody, elsewhere, "enough", "p-1", named));
  }

  /**
   * Asks for that without a word of whom it breaks; told whom, the operator sometimes accepts it,
   * and sometimes not of all of them.
   */
  private void breaks(SimulatedFleet fleet, Function<List<ParticipantName>, OperatorAct> act) {
    Set<ParticipantName> heard = fleet.heard();
    Decision decision = story.ask(act.apply(List.of()));
    if (decision instanceof Decision.Refused r
        && r.why() instanceof Refusal.WouldBreak would
        && random.nextInt(3) > 0) {
      boolean all = random.nextInt(4) > 0;
      List<ParticipantName> named =
          would.unnamed().stream()
              .map(Breakage::participant)
              .filter(_ -> all || random.nextBoolean())
              .toList();
      decision = story.ask(act.apply(named));
    }
    if (decision instanceof Decision.Accepted accepted) {
      fleet.leftBehind(accepted.events().getFirst(), heard);
    }
  }

  /** All that somebody holds, or what it showed once. */
  private void revokes(SimulatedFleet fleet) {
    List<FakeFleet.Member> members = fleet.fleet().members();
    if (!members.isEmpty()) {
      ParticipantName holder = any(members).name();
      breaks(
          fleet,
          named ->
              new RevokeCredentials(
                  fleet.fleet().name(),
                  List.of(),
                  Optional.of(holder),
                  RevocationReason.SUPERSEDED,
                  "another one",
                  "p-1",
                  named));
    }
  }

  private void aboutASlot() {
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        SlotName slot = anySlot();
        breaks(
            fleets.getFirst(),
            named -> new DeclareSlotLost(slot, "it does not answer", "p-1", named));
      }
      case 2 -> story.ask(new RemoveSlot(anySlot(), random.nextBoolean(), "gone", "p-1"));
      case 3 -> story.ask(new Act.RefusalsSeen(anySlot(), "bad-key", 2, "a key of 7 bits"));
      default -> story.ask(new Act.SlotObserved(anySlot(), random.nextBoolean()));
    }
  }

  private SlotName anySlot() {
    return new SlotName(List.of("hsm-a", "hsm-b", "hsm-c").get(random.nextInt(3)));
  }

  /** Some or all of those whom the gate waits for are left behind. */
  private void abandons(SimulatedFleet fleet, Seen seen) {
    AuthorityName name = fleet.fleet().name();
    if (random.nextInt(4) > 0) {
      underway(fleet, name);
      fleet.allButOneKeepUp();
      seen = story.house().authority(name).orElseThrow().seen();
    }
    Seen by = seen;
    Authority authority = story.house().authority(name).orElseThrow();
    List<ParticipantName> names =
        Gate.of(story.house(), authority, fleet.fleet().evidence(), story.now())
            .lacking(java.util.Set.of())
            .stream()
            .map(Gate.Answer::about)
            .distinct()
            .filter(_ -> random.nextInt(4) > 0)
            .toList();
    boolean elsewhere = elsewhere(name);
    breaks(
        fleet,
        named -> new Advance(name, by, names, false, "we cannot wait", "p-1", elsewhere, named));
    // Mostly the others go on without them at once.
    if (random.nextInt(4) > 0) {
      fleet.keepsUpBut(names);
    }
  }

  /** Chance alone seldom has a rotation, its keys and somebody who lags behind all at once. */
  private void underway(SimulatedFleet fleet, AuthorityName name) {
    fleet.isNotAlone();
    Authority before = story.house().authority(name).orElseThrow();
    story.ask(new StartRotation(name, before.seen(), List.of(), "", "p-1"));
    for (int i = 0; i < 20 && !Rules.unanswered(story.house()).isEmpty(); i++) {
      answer(Rules.unanswered(story.house()).getFirst());
    }
  }

  private void workerActs() {
    List<KeyCommand> waiting = Rules.unanswered(story.house());
    if (!waiting.isEmpty() && random.nextInt(3) > 0) {
      answer(any(waiting));
    } else if (!commands.isEmpty() && random.nextInt(2) == 0) {
      answer(any(commands));
    } else if (!answers.isEmpty()) {
      story.ask(any(answers));
    }
  }

  private void answer(KeyCommand given) {
    KeyCommand command = story.house().outbox().getOrDefault(given.command(), given);
    FakeSlot slot = story.slot(command.slot());
    if (random.nextInt(8) == 0) {
      story.ask(new KeyCommandRefused(command.command(), command.slot(), "busy", "later", false));
      return;
    }
    if (!(command instanceof GenerateKey)
        && !story.house().outbox().containsKey(command.command())) {
      // A worker that finds its command withdrawn, or its key gone, has said so long ago.
      return;
    }
    WorkerAct answer = slot.does(command);
    answers.add(answer);
    if (random.nextInt(5) > 0) {
      story.ask(answer);
    }
  }

  private void timePasses() {
    time = time.plus(Duration.ofMinutes(random.nextInt(90)));
    // The owner's clock may lag, as after a change of owners; it never runs ahead.
    story.now(random.nextInt(5) == 0 ? time.minus(Duration.ofDays(1)) : time);
    story.ask(new Act.TimePassed());
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
