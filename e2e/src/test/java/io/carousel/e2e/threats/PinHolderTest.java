package io.carousel.e2e.threats;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyCommandFailed;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Format;
import io.carousel.events.HouseEvent.SlotFrozen;
import io.carousel.events.HouseEvent.SlotInspected;
import io.carousel.events.KeyId;
import io.carousel.events.KeyOrigin;
import io.carousel.events.SlotFinding;
import io.carousel.events.SlotName;
import io.carousel.events.topics.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the PIN of one slot and reaches its token: uses its keys, which nothing prevents, and gets
 * no key of its own into a CA's place, takes none away, and leaves a trace of all but the use. A
 * SoftHSM keeps no log, so that is its limit. One slot, one tale: what is done to it stays.
 */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PinHolderTest {
  private static final SlotName SLOT = new SlotName("hsm-a");

  @TempDir private static Path folder;
  private static Node node;
  private static StolenKey log;
  private static TokenHand token;
  private static KeyId signing;

  @BeforeAll
  static void open() throws Exception {
    node = Node.listening(folder);
    Path data = folder.resolve("data");
    log = new StolenKey(data, data.resolve("orchestrator/identity.key"), Optional.empty());
    token = TokenHand.in(data, SLOT.value());
    signing = adopted("carousel").key();
  }

  @AfterAll
  static void close() throws Exception {
    token.close();
    log.close();
    node.close();
  }

  private static KeyAdopted adopted(String authority) {
    return log.heard(
        KeyAdopted.class,
        e ->
            e.authority().equals(new AuthorityName(authority))
                && e.slot().equals(SLOT)
                && e.format() == Format.X509);
  }

  private static String newId() {
    byte[] id = new byte[16];
    new SecureRandom().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private static ProcessHandle worker() throws Exception {
    for (ProcessHandle each : node.workers()) {
      String line = Files.readString(Path.of("/proc", Long.toString(each.pid()), "cmdline"));
      if (line.contains("slots/" + SLOT)) {
        return each;
      }
    }
    throw new AssertionError("no worker of " + SLOT);
  }

  private static void signal(ProcessHandle process, String name) throws Exception {
    int status =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    assertThat(status).isZero();
  }

  /** Has an authority made, and puts that under the label of its key before the worker does. */
  private static CommandId planted(String authority, String deed, String id) throws Exception {
    ProcessHandle worker = worker();
    signal(worker, "STOP");
    try {
      node.cli().done("authority", "create", authority);
      CommandId asked =
          log.heard(
                  KeyRequested.class,
                  e -> e.authority().equals(new AuthorityName(authority)) && e.slot().equals(SLOT))
              .command();
      assertThat(token.does(deed, id, asked.value())).isEqualTo("ok");
      return asked;
    } finally {
      signal(worker, "CONT");
    }
  }

  private static List<SlotFinding> looks() {
    int before = log.events(SlotInspected.class).size();
    Cli.Ran ran = node.cli().run("slot", "check", SLOT.value());
    List<SlotInspected> seen = log.events(SlotInspected.class);
    assertThat(seen).as("%s%s", ran.out(), ran.err()).hasSizeGreaterThan(before);
    return seen.stream().filter(i -> i.slot().equals(SLOT)).toList().getLast().findings();
  }

  private static boolean isFrozen() {
    return log.events(SlotFrozen.class).stream().anyMatch(e -> e.slot().equals(SLOT));
  }

  @Test
  @Order(1)
  void aCaKeyCannotBeWeakenedRenamedOrTakenOut() throws Exception {
    for (String deed : List.of("extractable", "copy")) {
      assertThat(token.does(deed, signing.value())).as(deed).startsWith("CKR_");
    }
    for (String deed : List.of("relabel", "re-id")) {
      assertThat(token.does(deed, signing.value(), newId())).as(deed).startsWith("CKR_");
    }
    assertThat(token.does("read", signing.value())).isIn("null", "CKR_ATTRIBUTE_SENSITIVE");
    assertThat(looks()).isEmpty();
  }

  /** That is what a PIN is for; only an HSM that keeps a log tells of it. */
  @Test
  @Order(2)
  void aUseOfAKeyIsInNoRecord() throws Exception {
    int begun = log.records(Topic.ATTEMPTS.topicName()).size();
    assertThat(token.does("sign", signing.value(), "anything")).hasSize(128);
    assertThat(log.records(Topic.ATTEMPTS.topicName())).hasSize(begun);
  }

  @Test
  @Order(3)
  void anImportedKeyUnderTheLabelOfACommandIsNotTaken() throws Exception {
    String id = newId();
    CommandId asked = planted("imported", "import", id);
    KeyCommandFailed failed = log.heard(KeyCommandFailed.class, e -> e.command().equals(asked));
    assertThat(failed.code()).isEqualTo("found-key-weak");
    assertThat(failed.detail()).contains("made here");
    KeyAdopted taken = adopted("imported");
    assertThat(taken.command()).isNotEqualTo(asked);
    assertThat(taken.key()).isNotEqualTo(new KeyId(id));
    assertThat(log.events(KeyShown.class)).noneMatch(e -> e.key().equals(new KeyId(id)));
  }

  @Test
  @Order(4)
  void anExtractableKeyUnderTheLabelOfACommandIsNotTaken() throws Exception {
    String id = newId();
    CommandId asked = planted("extractable", "make-weak", id);
    assertThat(log.heard(KeyCommandFailed.class, e -> e.command().equals(asked)).code())
        .isEqualTo("found-key-weak");
    assertThat(adopted("extractable").key()).isNotEqualTo(new KeyId(id));
  }

  /** It never left the HSM; that somebody else made it cannot be told from a worker that died. */
  @Test
  @Order(5)
  void aGoodKeyUnderTheLabelOfACommandIsToldAsFound() throws Exception {
    String id = newId();
    CommandId asked = planted("found", "make", id);
    KeyShown shown = log.heard(KeyShown.class, e -> e.command().equals(asked));
    assertThat(shown.key()).isEqualTo(new KeyId(id));
    assertThat(shown.origin()).isEqualTo(KeyOrigin.RECOVERED);
    assertThat(node.cli().done("log", "--all")).contains("under the label of the command");
  }

  /** Both the keys that were planted above and one under no label of anybody. */
  @Test
  @Order(6)
  void whateverTheLogDoesNotKnowIsToldAndLeftAlone() throws Exception {
    String id = newId();
    assertThat(token.does("make-weak", id, "mine")).isEqualTo("ok");
    List<SlotFinding> found = looks();
    assertThat(found).extracting(SlotFinding::kind).containsOnly(SlotFinding.Kind.UNKNOWN);
    assertThat(found).extracting(SlotFinding::key).contains(new KeyId(id)).hasSize(3);
    assertThat(isFrozen()).isFalse();
    assertThat(token.does("sign", id, "still there")).hasSize(128);
  }

  @Test
  @Order(7)
  void aSecondKeyUnderTheIdOfACaKeyFreezesTheSlot() throws Exception {
    KeyId victim = adopted("imported").key();
    assertThat(token.does("make", victim.value(), "mine")).isEqualTo("ok");
    assertThat(looks())
        .filteredOn(f -> f.key().equals(victim))
        .singleElement()
        .satisfies(f -> assertThat(f.kind()).isEqualTo(SlotFinding.Kind.AMBIGUOUS));
    assertThat(isFrozen()).isTrue();
    assertThat(log.events(KeyDestroyed.class)).isEmpty();
    assertThat(node.cli().done("slot", "list")).contains("FROZEN");
  }

  @Test
  @Order(8)
  void aDeletedKeyIsMissedAndOnlyDeclaredLostByAnOperator() throws Exception {
    KeyId victim = adopted("found").key();
    assertThat(token.does("destroy", victim.value())).isEqualTo("ok");
    assertThat(looks())
        .filteredOn(f -> f.key().equals(victim))
        .extracting(SlotFinding::kind)
        .containsExactly(SlotFinding.Kind.MISSING);
    // In force: it has to be replaced first.
    Cli.Ran lost =
        node.cli().run("slot", "lost-key", SLOT.value(), victim.value(), "--reason=deleted");
    assertThat(lost.status()).isNotZero();
    assertThat(lost.err()).contains("in force");
    // Whoever is not concerned goes on: the built-in authority's key signs.
    assertThat(log.events(SlotInspected.class).getLast().report().keys())
        .filteredOn(k -> k.key().equals(signing))
        .singleElement()
        .satisfies(k -> assertThat(k.trial()).isPresent());
  }
}
