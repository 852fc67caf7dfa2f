package io.carousel.orchestrator.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.LeafOrder;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.Suite;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Warrant;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.desk.Refusals;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ResultCheckTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final AuthorityName USER = new AuthorityName("user");
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final CommandId COMMAND = CommandId.of(NOW, new byte[10]);
  private static final Bytes CA_KEY = Bytes.of(new byte[] {1, 2});
  private static final Digest IDENTITY = Digest.of(new byte[] {3});
  private static final Serial SERIAL = new Serial("1f");

  private final Map<AuthorName, KnownAuthor> enrolled = new HashMap<>();
  private final Author orchestrator = author("orchestrator-1", AuthorRole.ORCHESTRATOR);
  private final Author worker = author("worker-a", AuthorRole.WORKER);
  private final ResultCheck check =
      new ResultCheck(HOUSE, name -> Optional.ofNullable(enrolled.get(name)));

  private Author author(String name, AuthorRole role) {
    var author = new Author(HOUSE, new AuthorName(name), Author.newKey());
    Optional<SlotName> slot = role == AuthorRole.WORKER ? Optional.of(SLOT) : Optional.empty();
    enrolled.put(author.name(), new KnownAuthor(author.name(), role, slot, author.publicKey()));
    return author;
  }

  // --- who wrote it -----------------------------------------------------------------------------

  @Test
  void aWorkerSpeaksForItsOwnSlotAlone() {
    var other = new SlotName("hsm-b");
    KnownAuthor elsewhere =
        new KnownAuthor(worker.name(), AuthorRole.WORKER, Optional.of(other), worker.publicKey());
    assertThat(ResultCheck.ofAuthor(enrolled.get(worker.name()), signed(SERIAL))).isEmpty();
    assertThat(ResultCheck.ofAuthor(elsewhere, signed(SERIAL)))
        .hasValueSatisfying(f -> assertThat(f.code()).isEqualTo(Refusals.RESULT_OF_ANOTHER_SLOT));
  }

  @Test
  void anOrchestratorSaysOfWhatNobodyDidAndSignsNothing() {
    KnownAuthor said = enrolled.get(orchestrator.name());
    assertThat(ResultCheck.ofAuthor(said, refused())).isEmpty();
    assertThat(ResultCheck.ofAuthor(said, signed(SERIAL))).isPresent();
  }

  // --- who asked --------------------------------------------------------------------------------

  @Test
  void whatAnOrchestratorAskedForCounts() {
    Message command = sealed(orchestrator, command());
    assertThat(check.ofCommand(result(signed(SERIAL), Optional.of(command)), signed(SERIAL)))
        .isEmpty();
    assertThat(check.ofCommand(result(refused(), Optional.of(command)), refused())).isEmpty();
  }

  @Test
  void whatNobodyAskedForDoesNot() {
    unasked(Optional.empty(), "it carries no command");
    unasked(Optional.of(sealed(worker, command())), "'worker-a' may not write commands");
    var stranger = new Author(HOUSE, new AuthorName("stranger"), Author.newKey());
    unasked(Optional.of(sealed(stranger, command())), "'stranger' is not enrolled");
    var mallory = new Author(HOUSE, orchestrator.name(), Author.newKey());
    unasked(Optional.of(sealed(mallory, command())), "does not hold");
    var elsewhere = new Author(new HouseId("f".repeat(32)), orchestrator.name(), Author.newKey());
    unasked(Optional.of(sealed(elsewhere, command())), "of another house");
    Message unsigned = draft(orchestrator, command());
    unasked(Optional.of(unsigned), "no header signature");
    unasked(Optional.of(sealed(orchestrator, destruction())), "of another kind");
  }

  @Test
  void whoeverWasRemovedHasAskedForNothing() {
    Message command = sealed(orchestrator, command());
    enrolled.remove(orchestrator.name());
    unasked(Optional.of(command), "'orchestrator-1' is not enrolled");
  }

  private void unasked(Optional<Message> command, String why) {
    assertThat(check.ofCommand(result(signed(SERIAL), command), signed(SERIAL)))
        .hasValueSatisfying(flaw -> {
          assertThat(flaw.code()).isEqualTo(Refusals.RESULT_UNASKED);
          assertThat(flaw.why()).contains(why);
        });
  }

  @TestFactory
  Stream<DynamicTest> whatIsOfSomethingElseDoesNot() {
    var others = new LinkedHashMap<String, LeafSigned>();
    others.put("another serial number", signed(new Serial("2f")));
    others.put("another command", of(CommandId.of(NOW, new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0})));
    others.put("another holder", of(new ParticipantName("web-2"), IDENTITY));
    others.put("another identity", of(WEB, Digest.of(new byte[] {4})));
    others.put("another generation", of(2, Profile.CLIENT, NOW.plusSeconds(60), signer()));
    others.put("another profile", of(1, Profile.SERVER, NOW.plusSeconds(60), signer()));
    others.put("another end", of(1, Profile.CLIENT, NOW.plusSeconds(61), signer()));
    others.put("another key", of(1, Profile.CLIENT, NOW.plusSeconds(60), IDENTITY));
    Message command = sealed(orchestrator, command());
    return others.entrySet().stream()
        .map(e ->
            dynamicTest(
                e.getKey(),
                () ->
                    assertThat(
                            check.ofCommand(
                                result(e.getValue(), Optional.of(command)), e.getValue()))
                        .hasValueSatisfying(
                            f -> assertThat(f.code()).isEqualTo(Refusals.RESULT_DIFFERS))));
  }

  // --- records ----------------------------------------------------------------------------------

  private static Digest signer() {
    return CA_KEY.digest();
  }

  private static LeafSigned signed(Serial serial) {
    return signed(COMMAND, WEB, IDENTITY, 1, Profile.CLIENT, serial, NOW.plusSeconds(60), signer());
  }

  private static LeafSigned of(CommandId command) {
    return signed(command, WEB, IDENTITY, 1, Profile.CLIENT, SERIAL, NOW.plusSeconds(60), signer());
  }

  private static LeafSigned of(ParticipantName holder, Digest identity) {
    return signed(
        COMMAND, holder, identity, 1, Profile.CLIENT, SERIAL, NOW.plusSeconds(60), signer());
  }

  private static LeafSigned of(int generation, Profile profile, Instant end, Digest signer) {
    return signed(COMMAND, WEB, IDENTITY, generation, profile, SERIAL, end, signer);
  }

  private static LeafSigned signed(
      CommandId command,
      ParticipantName holder,
      Digest identity,
      int generation,
      Profile profile,
      Serial serial,
      Instant end,
      Digest signer) {
    return new LeafSigned(
        command,
        USER,
        generation,
        SLOT,
        holder,
        identity,
        Format.SSH,
        profile,
        serial,
        signer,
        end,
        Digest.of(new byte[] {9}),
        Bytes.of(new byte[] {9}));
  }

  private static LeafRefused refused() {
    return new LeafRefused(COMMAND, USER, 1, SLOT, WEB, SERIAL, "late", "too late");
  }

  private static SigningCommand command() {
    var order =
        new LeafOrder(
            COMMAND,
            USER,
            1,
            SLOT,
            new KeyId("a1"),
            Suite.ED25519,
            WEB,
            IDENTITY,
            Profile.CLIENT,
            SERIAL,
            NOW,
            NOW.plusSeconds(60),
            5,
            NOW.plusSeconds(20));
    return new SignSshCertificate(
        order,
        CA_KEY,
        Bytes.of(new byte[] {5}),
        "web-1",
        List.of("web-1"),
        SshOptions.NONE,
        CA_KEY);
  }

  private static SigningCommand destruction() {
    return new DestroyKey(COMMAND, 1, USER, 1, SLOT, Format.SSH, new KeyId("a1"), CA_KEY);
  }

  private static Message sealed(Author by, SigningCommand command) {
    return by.seal(List.of(draft(by, command))).getFirst();
  }

  private static Message draft(Author by, SigningCommand command) {
    var typed = Wire.CURRENT.write(command);
    return by.draft(Topic.LEAVES.of(SLOT), null, COMMAND.value(), typed.type(), NOW, typed.value());
  }

  private Message result(LeafResult result, Optional<Message> command) {
    var typed = Wire.CURRENT.write(result);
    Message draft =
        worker.draft(
            Topic.RESULTS.topicName(),
            "user/1f",
            COMMAND.value(),
            typed.type(),
            NOW,
            typed.value());
    return command.map(c -> draft.with(Warrant.of(c))).orElse(draft);
  }
}
