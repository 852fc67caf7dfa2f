package io.carousel.orchestrator.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Act;
import io.carousel.events.Adoption;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CrlNumber;
import io.carousel.events.ExternalRoot;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.Membership;
import io.carousel.events.NamePattern;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.CreateEnrolmentToken;
import io.carousel.events.OperatorAct.DeclareSlotLost;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.OperatorAct.ImportCaCertificate;
import io.carousel.events.OperatorAct.ImportRootCrl;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.JoinSlot;
import io.carousel.events.OperatorAct.LeaveSlot;
import io.carousel.events.OperatorAct.RemoveAuthor;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.OperatorAct.RemoveSlot;
import io.carousel.events.OperatorAct.RevokeEnrolmentToken;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.Origin;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.Role;
import io.carousel.events.RootUse;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.seal.Recorded;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.rules.Phase;
import io.carousel.orchestrator.rules.RootCa;
import io.carousel.orchestrator.rules.Rules;
import io.carousel.orchestrator.rules.Story;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every house that a history can lead to has bytes of its own, and comes back from them. */
class HouseCodecTest {
  private static final Story STORY = aFullStory();
  private final HouseCodec codec = new HouseCodec();

  @Test
  void everyHouseOfAHistoryComesBack() {
    for (House house : houses()) {
      byte[] bytes = codec.write(house);
      House back = codec.read(bytes);
      assertThat(back).isEqualTo(house);
      assertThat(codec.write(back)).isEqualTo(bytes);
    }
  }

  @Test
  void theSameHistoryGivesTheSameBytes() {
    List<House> once = houses();
    List<House> again = houses();
    for (int i = 0; i < once.size(); i++) {
      assertThat(codec.write(again.get(i))).isEqualTo(codec.write(once.get(i)));
    }
  }

  @Test
  void aHouseThatCameBackGoesOnAsTheOther() {
    House lived = House.EMPTY;
    for (Recorded recorded : STORY.log()) {
      lived = Rules.evolve(codec.read(codec.write(lived)), recorded);
    }
    assertThat(codec.write(lived)).isEqualTo(codec.write(STORY.house()));
  }

  @Test
  void theHistoryOfTheseTestsHoldsEveryPhaseAndEveryStageOfAKey() {
    var met = new HashSet<Class<?>>();
    for (House house : houses()) {
      for (Authority a : house.authorities().values()) {
        met.add(a.phase().getClass());
        a.generations()
            .values()
            .forEach(g -> g.keys().values().forEach(k -> met.add(k.getClass())));
      }
      house.outbox().values().forEach(c -> met.add(c.getClass()));
    }
    assertThat(houses().getLast().grants().values())
        .anyMatch(g -> !g.removed().isEmpty() && g.usedUp().isPresent())
        .anyMatch(g -> g.revoked().isPresent() && g.lastMisuse().isPresent());
    assertThat(met)
        .containsAll(Set.of(Phase.class.getPermittedSubclasses()))
        .containsAll(leaves(Key.class).toList())
        .containsAll(leaves(io.carousel.events.SigningCommand.KeyCommand.class).toList());
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(HouseCodecTest::leaves)
        : Stream.of(type);
  }

  @Test
  void bytesOfNoHouseAreRefused() {
    byte[] good = codec.write(STORY.house());
    for (String bad : List.of("", "null", "{}", "[]", "{\"id\":null}")) {
      assertThatThrownBy(() -> codec.read(bad.getBytes(StandardCharsets.UTF_8)))
          .as(bad)
          .isInstanceOf(UnreadableRecord.class);
    }
    byte[] cut = java.util.Arrays.copyOf(good, good.length - 1);
    assertThatThrownBy(() -> codec.read(cut)).isInstanceOf(UnreadableRecord.class);
  }

  private static List<House> houses() {
    var houses = new ArrayList<House>(List.of(House.EMPTY));
    STORY.log().forEach(recorded -> houses.add(Rules.evolve(houses.getLast(), recorded)));
    return houses;
  }

  private static Story aFullStory() {
    var story = new Story(1, "hsm-a", "hsm-b", "hsm-c");
    var user = new AuthorityName("user");
    var slots = List.of(new SlotName("hsm-a"), new SlotName("hsm-b"));
    story.accept(
        new CreateAuthority(
            user, FormatSuite.x509(Suite.ECDSA_P256), slots, Policy.DEFAULT, "p-1"));
    story.settle();
    rotate(story, user, 3);
    story.now(story.now().plus(Duration.ofDays(8)));
    story.accept(new io.carousel.events.Act.TimePassed());
    story.settle();
    story.accept(new io.carousel.events.Act.TimePassed());
    story.settle();
    story.accept(new StartRotation(user, story.authority("user").seen(), List.of(), "", "p-1"));
    var wanted = (GenerateKey) story.house().outbox().firstEntry().getValue();
    story.accept(
        new KeyCommandRefused(wanted.command(), wanted.slot(), "token-full", "no room", true));
    story.accept(new RollBack(user, story.authority("user").seen(), "the token is full", "p-1"));
    advance(story, user);
    story.accept(story.slot(wanted.slot()).does(wanted));
    story.slot(wanted.slot()).finds(new KeyId("77"), Suite.ED25519);
    story.accept(new InspectSlot(wanted.slot(), "p-1"));
    story.settle();
    var adoption =
        new Adoption(
            KeyPlace.of(wanted.slot(), Format.X509),
            new KeyId("77"),
            Optional.empty(),
            true,
            CrlNumber.of(4));
    story.accept(
        new CreateAuthority(
            new AuthorityName("old"),
            FormatSuite.x509(Suite.ED25519),
            List.of(wanted.slot()),
            Policy.DEFAULT,
            "p-1",
            new Origin(List.of(adoption), List.of())));
    story.accept(
        new EnrolParticipant(
            new ParticipantName("web-1"),
            Story.identity("web-1"),
            List.of(new Membership(user, List.of(Role.VERIFIES))),
            "p-1"));
    story.accept(new RemoveParticipant(new ParticipantName("web-1"), "scrapped", "p-1"));
    tokensComeAndGo(story, user);
    bundlesAreSigned(story, wanted.slot());
    slotsComeAndGo(story, user);
    belowARoot(story, slots);
    return story;
  }

  private static void bundlesAreSigned(Story story, SlotName slot) {
    story.accept(
        new CreateAuthority(
            AuthorityName.BUILT_IN,
            FormatSuite.x509(Suite.ED25519),
            List.of(slot),
            Policy.DEFAULT,
            "p-1"));
    story.settle();
    story.accept(new io.carousel.events.Act.TimePassed());
    story.settle();
  }

  private static void tokensComeAndGo(Story story, AuthorityName user) {
    for (boolean used : new boolean[] {true, false}) {
      var token = EnrolmentToken.create();
      story.accept(
          new CreateEnrolmentToken(
              token.publicKey(),
              new NamePattern("db-*"),
              List.of(new Membership(user, List.of(Role.VERIFIES))),
              1,
              false,
              Duration.ofHours(1),
              "p-1"));
      var asked = Story.asks(story.house().id().orElseThrow(), token, "db-1", "db-1", story.now());
      if (used) {
        story.accept(new Act.EnrolByToken(asked));
        story.accept(new RemoveParticipant(asked.participant(), "scrapped", "p-1"));
      } else {
        story.accept(new RevokeEnrolmentToken(token.id(), "not needed", "p-1"));
        story.ask(new Act.EnrolByToken(asked));
      }
    }
  }

  private static void slotsComeAndGo(Story story, AuthorityName user) {
    var c = new SlotName("hsm-c");
    story.accept(new Act.SlotObserved(c, true));
    story.accept(new JoinSlot(user, story.authority("user").seen(), c, "", "p-1"));
    story.settle();
    advance(story, user);
    story.accept(new Act.RefusalsSeen(c, "bad-key", 2, "a key of 7 bits"));
    story.accept(new DeclareSlotLost(c, "burnt", "p-1"));
    story.accept(new LeaveSlot(user, story.authority("user").seen(), c, "burnt", "p-1"));
    advance(story, user);
    story.accept(new RemoveAuthor(Story.worker(c).name(), "burnt", "p-1"));
    story.accept(new RemoveSlot(c, true, "burnt", "p-1"));
  }

  private static void belowARoot(Story story, List<SlotName> slots) {
    var db = new AuthorityName("db");
    var ca = new RootCa("Root");
    story.accept(
        new CreateAuthority(
            db,
            FormatSuite.x509(Suite.ECDSA_P256),
            slots,
            Policy.DEFAULT,
            "p-1",
            Optional.of(new ExternalRoot(ca.root(), RootUse.ROOT))));
    story.settle();
    for (Key key : List.copyOf(story.authority("db").generation(1).keys().values())) {
      Bytes request = ((Key.AwaitingCertificate) key).request();
      Bytes certificate =
          ca.below(request)
              .between(story.now().minusSeconds(1), Instant.parse("2030-01-01T00:00:00Z"))
              .sign();
      story.accept(new ImportCaCertificate(db, certificate, "p-1"));
    }
    story.accept(new ImportRootCrl(db, ca.crl(1, story.now()), "p-1"));
    story.settle();
  }

  private static void rotate(Story story, AuthorityName user, int gates) {
    story.accept(new StartRotation(user, story.authority("user").seen(), List.of(), "", "p-1"));
    story.settle();
    for (int i = 0; i < gates; i++) {
      advance(story, user);
    }
  }

  private static void advance(Story story, AuthorityName user) {
    story.accept(new Advance(user, story.authority("user").seen(), List.of(), true, "", "p-1"));
  }
}
