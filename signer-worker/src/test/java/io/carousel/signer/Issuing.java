package io.carousel.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.ExpectedKey;
import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.TokenInspected;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys of formats on one slot, and what they sign: asked for in Kafka of whoever works there. */
final class Issuing {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** To whom tokens go. */
  static final KeyPair REQUESTER = pair();

  private static final Bytes HOLDER = Asked.publicKey("EC", 256);

  private final TestHouse house;
  private final SlotName slot;
  private final List<Made> made = new ArrayList<>();
  private SignCaCertificate ca;
  private CaCertificateSigned certificate;

  private record Made(GenerateKey asked, KeyGenerated key) {}

  Issuing(TestHouse house, SlotName slot) {
    this.house = house;
    this.slot = slot;
  }

  /** Has a key made for that format; for X.509 its certificate and its CRL too. */
  Issuing by(Format format, Suite suite) {
    GenerateKey generate = Asked.key(slot, format, suite);
    var key = new Made(generate, act(generate, KeyGenerated.class));
    made.add(key);
    if (format == Format.X509) {
      ca = Asked.ca(generate, key.key());
      certificate = act(ca, CaCertificateSigned.class);
      act(Asked.crl(ca, certificate, 1, List.of()), CrlSigned.class);
    }
    return this;
  }

  /** Has every key tried. */
  TokenInspected inspect() {
    List<ExpectedKey> expected =
        made.stream()
            .map(m ->
                new ExpectedKey(m.key().key(), m.key().publicKey().digest(), m.asked().suite()))
            .toList();
    return act(new InspectToken(Asked.id(), 1, slot, expected), TokenInspected.class);
  }

  /** So many commands for credentials, of the formats that have keys in turn; not sent. */
  List<LeafCommand> leaves(int number) {
    var leaves = new ArrayList<LeafCommand>();
    for (int i = 0; i < number; i++) {
      leaves.add(leaf(made.get(i % made.size())));
    }
    return leaves;
  }

  private LeafCommand leaf(Made by) {
    LeafCommand leaf =
        switch (by.asked().format()) {
          case X509 -> Asked.leaf(ca, certificate, Profile.BOTH, HOLDER);
          case SSH -> Asked.ssh(by.asked(), by.key(), Profile.CLIENT, "operator");
          case JWT ->
              Asked.token(
                  by.asked(), by.key(), Bytes.of(REQUESTER.getPublic().getEncoded()), "billing");
        };
    return Asked.with(leaf, order -> order.deadline = order.deadline.plus(Duration.ofMinutes(10)));
  }

  private <A extends WorkerAct> A act(SigningCommand command, Class<A> type) {
    house.ask(command);
    WorkerAct act =
        await()
            .atMost(PATIENCE)
            .until(() -> answer(command.command()), Optional::isPresent)
            .orElseThrow();
    assertThat(act).isInstanceOf(type);
    return type.cast(act);
  }

  private Optional<WorkerAct> answer(CommandId command) {
    return house.acts().stream().filter(act -> act.answers().equals(command)).findFirst();
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
