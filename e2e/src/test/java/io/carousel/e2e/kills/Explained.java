package io.carousel.e2e.kills;

import io.carousel.events.Attempt;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.LeafResult;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.SignBundle;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SlotReport;
import io.carousel.events.Statements;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.KeyFound;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.TokenInspected;
import io.carousel.events.orders.SignatureAccount;
import io.carousel.events.seal.Message;
import io.carousel.events.testing.SpyLog;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.signer.certificate.CaRequests;
import io.carousel.signer.certificate.Drafts;
import io.carousel.signer.certificate.Issuer;
import io.carousel.signer.refusal.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the records of Kafka explain of the signatures that a spy saw: each by the bytes that one
 * command fixes, and none more often than it was begun. For keys of ECDSA P-256, of which C_Sign
 * gets a SHA-256.
 */
final class Explained {
  private final HouseId house;
  private final Map<String, CommandId> fixed = new HashMap<>();
  private final Map<CommandId, Integer> begun = new HashMap<>();
  private final Set<CommandId> random = new HashSet<>();
  private final SignatureAccount account = new SignatureAccount();
  private final List<WorkerAct> acts = new ArrayList<>();

  /** Of all that stands in the topics of that house and those slots. */
  static Explained of(HouseId house, Topics kafka) throws Refused {
    var explained = new Explained(house);
    // Answers first: whatever they name was begun before.
    var answers = new ArrayList<Message>();
    kafka.read(Topic.RESULTS.topicName(), answers::add);
    kafka.read(
        Topic.COMMANDS.topicName(),
        m -> {
          if (m.header(Message.ATTEMPT).isPresent()) {
            answers.add(m);
          }
        });
    kafka.read(Topic.ATTEMPTS.topicName(), explained::begun);
    answers.forEach(explained::answered);
    var commands = new ArrayList<Message>();
    for (var slot : KilledNode.SLOTS) {
      kafka.read(Topic.KEYS.of(slot), commands::add);
      kafka.read(Topic.LEAVES.of(slot), commands::add);
    }
    for (Message m : commands) {
      explained.add(Wire.CURRENT.signingCommand(m.need(Message.TYPE), m.value()));
    }
    return explained;
  }

  private Explained(HouseId house) {
    this.house = house;
  }

  private void begun(Message m) {
    Attempt attempt = Wire.CURRENT.attempt(m.need(Message.TYPE), m.value());
    account.begun(m.need(Message.ID), attempt);
    attempt.items().forEach(i -> begun.merge(i.command(), i.signatures(), Integer::sum));
  }

  private void answered(Message m) {
    String type = m.need(Message.TYPE);
    CommandId command;
    if (m.topic().equals(Topic.RESULTS.topicName())) {
      LeafResult result = Wire.CURRENT.leafResult(type, m.value());
      command = result.answers();
    } else {
      WorkerAct act = (WorkerAct) Wire.CURRENT.act(type, m.value());
      acts.add(act);
      command = act.answers();
    }
    m.header(Message.ATTEMPT)
        .ifPresent(attempt -> account.answered(attempt, command, !type.contains("refused")));
  }

  private void add(SigningCommand command) throws Refused {
    switch (command) {
      case SignLeaf c ->
          put(c, Drafts.leaf(house, c, Issuer.of(c.issuer(), c.order().suite())).bytes());
      case SignCaCertificate c -> put(c, Drafts.ca(c).bytes());
      case SignCaRequest c -> put(c, CaRequests.of(c).bytes());
      case SignCrl c -> put(c, Drafts.crl(c, Issuer.of(c.issuer(), c.suite())).bytes());
      case SignBundle c -> put(c, Bytes.of(Statements.bundle(house, c.statement())));
      case GenerateKey c -> {
        random.add(c.command());
        for (WorkerAct act : acts) {
          if (act instanceof KeyGenerated made && made.answers().equals(c.command())) {
            possession(c, made.key(), made.publicKey());
          }
        }
      }
      case AdoptKey c -> {
        for (WorkerAct act : acts) {
          if (act instanceof KeyFound found && found.answers().equals(c.command())) {
            possession(c, found.key(), found.publicKey());
          }
        }
      }
      case InspectToken c -> {
        random.add(c.command());
        for (WorkerAct act : acts) {
          if (act instanceof TokenInspected seen && seen.answers().equals(c.command())) {
            seen.report().keys().forEach(key -> trial(c, key));
          }
        }
      }
      case DestroyKey _ -> {}
      case SignSshCertificate _, SignToken _ ->
          throw new AssertionError("of no authority of this test");
    }
  }

  private void trial(InspectToken asked, SlotReport.SeenKey key) {
    key.trial()
        .ifPresent(digest ->
            fixed.put(SpyLog.sha256(HexFormat.of().parseHex(digest.value())), asked.command()));
  }

  private void possession(SigningCommand asked, KeyId key, Bytes publicKey) {
    put(
        asked,
        Bytes.of(Statements.possessionOfKey(house, asked.command(), asked.slot(), key, publicKey)));
  }

  private void put(SigningCommand command, Bytes message) {
    fixed.put(SpyLog.sha256(HexFormat.of().parseHex(message.digest().value())), command.command());
  }

  SignatureAccount account() {
    return account;
  }

  /** Which commands fixed some of these bytes. */
  Set<CommandId> commandsOf(Set<String> signed) {
    return signed.stream().map(fixed::get).filter(Objects::nonNull).collect(Collectors.toSet());
  }

  /**
   * Those that nothing explains. What a trial or a proof of a new key signs is in its answer alone;
   * where that was never heard, it was begun at least.
   */
  List<SpyLog.Signature> unexplained(List<SpyLog.Signature> seen) {
    var left = new HashMap<>(begun);
    var unexplained = new ArrayList<SpyLog.Signature>();
    var unknown = new ArrayList<SpyLog.Signature>();
    for (SpyLog.Signature signature : seen) {
      CommandId command = fixed.get(signature.sha256());
      if (!signature.whole()) {
        continue; // the worker was killed before the call was passed on
      }
      if (command == null) {
        unknown.add(signature);
      } else if (left.merge(command, -1, Integer::sum) < 0) {
        unexplained.add(signature);
      }
    }
    int unheard = random.stream().mapToInt(c -> Math.max(0, left.getOrDefault(c, 0))).sum();
    if (unknown.size() > unheard) {
      unexplained.addAll(unknown);
    }
    return unexplained;
  }
}
