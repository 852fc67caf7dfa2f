package io.carousel.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.Material;
import io.carousel.agent.Observations;
import io.carousel.agent.Use;
import io.carousel.agent.disk.Ownership;
import io.carousel.agent.service.Connection;
import io.carousel.agent.service.Expectation;
import io.carousel.agent.service.Service;
import io.carousel.agent.service.Sight;
import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.Report;
import io.carousel.events.Role;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What outputs find out by looking at their services, and what they end. */
class ObservationTest {
  private static final Use SERVER = new Use(Format.X509, Profile.SERVER);

  @TempDir Path base;
  private final FakeHouse house = new FakeHouse();

  /** Shows and holds what a test says. */
  private static final class TestService implements Service {
    private Optional<Sight> sight = Optional.empty();
    private final Set<Connection> standing = new HashSet<>();
    private int looks;
    private int told;
    private boolean mends;

    @Override
    public void takeUp(Expectation expected) {
      told++;
      if (mends) {
        sight = Optional.of(new Sight(1, 1, Optional.empty()));
      }
    }

    @Override
    public Optional<Sight> look(Expectation expected) {
      looks++;
      return sight;
    }

    @Override
    public boolean listsConnections() {
      return true;
    }

    @Override
    public Optional<Set<Connection>> connections() {
      return Optional.of(Set.copyOf(standing));
    }

    @Override
    public void sever(Set<Connection> those) {
      standing.removeAll(those);
    }

    @Override
    public String describe() {
      return "a service of tests";
    }
  }

  private OutputSettings output(String name, Service service, Optional<Duration> sever) {
    return new OutputSettings(
        FakeHouse.AUTHORITY,
        List.of(Role.PRESENTS_SERVER, Role.VERIFIES),
        Format.X509,
        Layout.PEM,
        base.resolve(name),
        Ownership.PRIVATE,
        service,
        OutputSettings.ANY_HOST,
        Optional.empty(),
        sever);
  }

  private AuthorityOutputs outputs(Optional<Duration> sever, TestService... services) {
    var all = new java.util.ArrayList<OutputSettings>();
    for (TestService service : services) {
      all.add(output("out-" + all.size(), service, sever));
    }
    return new AuthorityOutputs(FakeHouse.AUTHORITY, all, house);
  }

  private static Connection connection(int number) {
    return new Connection("0100007F:01BB", "0100007F:" + number, String.valueOf(number));
  }

  /** In a rotation: two generations are trusted. */
  private Material rotating() throws Exception {
    house.start();
    return Materials.of(house, 1);
  }

  /** After it: one is. */
  private Material rotated() throws Exception {
    house.complete();
    return Materials.of(house, 2);
  }

  // --- what strangers see -----------------------------------------------------------------------

  @Test
  void whatIsSeenAtAllServicesIsAddedUp() throws Exception {
    var one = new TestService();
    var other = new TestService();
    AuthorityOutputs outputs = outputs(Optional.empty(), one, other);
    outputs.install(Materials.of(house, 1));
    assertThat(outputs.observe().credentials()).isEmpty();
    one.sight = Optional.of(new Sight(2, 2, Optional.empty()));
    other.sight = Optional.of(new Sight(1, 0, Optional.of("it shows another")));
    outputs.install(Materials.of(house, 1));
    Observations seen = outputs.observe();
    assertThat(seen.credentials()).containsOnlyKeys(SERVER);
    assertThat(seen.credentials().get(SERVER)).isEqualTo(new Report.Observation(3, 2));
    assertThat(seen.flaw()).contains("it shows another");
  }

  @Test
  void whoDoesNotRunIsNotSeen() throws Exception {
    var service = new TestService();
    service.sight = Optional.of(new Sight(0, 0, Optional.of("nobody answers")));
    AuthorityOutputs outputs = outputs(Optional.empty(), service);
    outputs.install(Materials.of(house, 1));
    assertThat(outputs.observe().credentials()).isEmpty();
    assertThat(outputs.observe().flaw()).isEmpty();
  }

  @Test
  void itIsLookedAtAgainAfterAChangeAndWhileSomethingIsWrong() throws Exception {
    var service = new TestService();
    service.sight = Optional.of(new Sight(1, 1, Optional.empty()));
    AuthorityOutputs outputs = outputs(Optional.empty(), service);
    outputs.install(Materials.of(house, 1));
    outputs.observe();
    outputs.observe();
    assertThat(service.looks).isEqualTo(1);
    service.sight = Optional.of(new Sight(1, 0, Optional.of("it shows another")));
    outputs.install(Materials.of(house, 1));
    outputs.observe();
    outputs.observe();
    assertThat(service.looks).as("once more after it was told again").isEqualTo(4);
  }

  /** Somebody has had it read other files; more than once it is not told. */
  @Test
  void serviceThatShowsSomethingElseIsToldAgainOnce() throws Exception {
    var service = new TestService();
    service.sight = Optional.of(new Sight(1, 1, Optional.empty()));
    AuthorityOutputs outputs = outputs(Optional.empty(), service);
    outputs.install(Materials.of(house, 1));
    service.sight = Optional.of(new Sight(1, 0, Optional.of("it shows another")));
    int told = service.told;
    assertThat(outputs.observe().flaw()).contains("it shows another");
    outputs.observe();
    assertThat(service.told).isEqualTo(told + 1);
    service.mends = true;
    service.sight = Optional.of(new Sight(1, 1, Optional.empty()));
    outputs.observe();
    outputs.install(Materials.of(house, 1));
    service.sight = Optional.of(new Sight(1, 0, Optional.of("it shows another")));
    assertThat(outputs.observe().flaw()).isEmpty();
  }

  // --- connections from before ------------------------------------------------------------------

  @Test
  void connectionsFromBeforeARemovalAreCountedUntilTheyEnd() throws Exception {
    var service = new TestService();
    AuthorityOutputs outputs = outputs(Optional.empty(), service);
    service.standing.addAll(Set.of(connection(1), connection(2)));
    outputs.install(rotating());
    assertThat(outputs.observe().earlierConnections()).contains(0);
    outputs.install(rotated());
    service.standing.add(connection(3));
    assertThat(outputs.observe().earlierConnections()).contains(2);
    assertThat(outputs.standing().getFirst().earlierConnections()).contains(2);
    service.standing.remove(connection(1));
    assertThat(outputs.observe().earlierConnections()).contains(1);
    // Who has ended is not counted again, should another one look like it.
    service.standing.add(connection(1));
    assertThat(outputs.observe().earlierConnections()).contains(1);
    service.standing.remove(connection(1));
    outputs.sever();
    assertThat(service.standing).containsExactlyInAnyOrder(connection(2), connection(3));
  }

  @Test
  void theyAreKnownAfterARestartToo() throws Exception {
    var service = new TestService();
    service.standing.add(connection(1));
    AuthorityOutputs first = outputs(Optional.empty(), service);
    first.install(rotating());
    first.install(rotated());
    AuthorityOutputs second = outputs(Optional.empty(), service);
    second.found();
    assertThat(second.observe().earlierConnections()).contains(1);
    Files.writeString(base.resolve("out-0/connections.json"), "{");
    AuthorityOutputs third = outputs(Optional.empty(), service);
    third.found();
    assertThat(third.observe().earlierConnections()).contains(0);
  }

  @Test
  void ofVeryManySomeAreNotedAndNoFileIsReadThatNobodyHasWritten() throws Exception {
    Material before = rotating();
    var service = new TestService();
    AuthorityOutputs outputs = outputs(Optional.empty(), service);
    outputs.install(before);
    for (int i = 0; i < 12_000; i++) {
      service.standing.add(connection(i));
    }
    outputs.install(rotated());
    assertThat(outputs.observe().earlierConnections()).contains(10_000);
    Path file = base.resolve("out-0/connections.json");
    assertThat(Files.size(file)).isLessThan(8 << 20);
    try (var out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(new byte[] {'{'}), 1L << 30);
    }
    AuthorityOutputs next = outputs(Optional.empty(), service);
    next.found();
    assertThat(next.observe().earlierConnections()).contains(0);
  }

  @Test
  void aRenewalMakesNoneOfThem() throws Exception {
    var service = new TestService();
    AuthorityOutputs outputs = outputs(Optional.empty(), service);
    outputs.install(Materials.of(house, 1));
    service.standing.add(connection(1));
    outputs.install(Materials.of(house, 1));
    assertThat(outputs.observe().earlierConnections()).contains(0);
  }

  @Test
  void whatIsFromBeforeIsEndedWhenItsTimeHasCome() throws Exception {
    var now = new TestService();
    var inAnHour = new TestService();
    var outputs =
        new AuthorityOutputs(
            FakeHouse.AUTHORITY,
            List.of(
                output("a", now, Optional.of(Duration.ZERO)),
                output("b", inAnHour, Optional.of(Duration.ofHours(1)))),
            house);
    for (TestService service : List.of(now, inAnHour)) {
      service.standing.add(connection(1));
    }
    assertThat(outputs.severs()).isTrue();
    outputs.install(rotating());
    outputs.install(rotated());
    now.standing.add(connection(2));
    outputs.sever();
    assertThat(now.standing).containsExactly(connection(2));
    assertThat(inAnHour.standing).containsExactly(connection(1));
  }
}
