package io.carousel.signer.token.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.CrlDraft;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.signer.Asked;
import io.carousel.signer.Ordered;
import io.carousel.signer.certificate.Desks;
import io.carousel.signer.certificate.Desks.Ca;
import io.carousel.signer.token.Inventory;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.work.KeyWork;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two keys of one CKA_ID: what a worker says to commands for it, and to all others. */
class AmbiguousKeyTest {
  @TempDir private Path directory;

  @Test
  void nothingIsSignedOrDestroyedByAGuessAndOtherKeysGoOn() throws Exception {
    TokenConfig config = SoftHsm.newToken(directory);
    Ca doubled;
    Ca other;
    try (Pkcs11Token token = Pkcs11Token.open(config)) {
      var desks = new Desks(token);
      doubled = desks.ca(Suite.ECDSA_P256);
      other = desks.ca(Suite.ECDSA_P256);
    }
    try (var disturbance = new Disturbance(config);
        Pkcs11Token token = Pkcs11Token.open(config)) {
      disturbance.makeAnother(doubled.asked().key(), Suite.ECDSA_P256);
      var desks = new Desks(token);
      var keys =
          new KeyWork(
              Desks.HOUSE,
              Desks.SLOT,
              token,
              Limits.DEFAULT,
              Ordered.expecting(doubled.asked().key()),
              InstantSource.system());

      LeafResult leaf = desks.answer(leaf(doubled));
      assertThat(leaf)
          .isInstanceOfSatisfying(
              LeafRefused.class,
              no -> {
                assertThat(no.code()).isEqualTo("key-ambiguous");
                assertThat(no.detail()).contains("several keys have the id");
              });
      List<CrlDraft.Entry> nobody = List.of();
      for (KeyCommand command : List.of(doubled.crl(2, nobody), destroy(doubled), destroy(other))) {
        assertThat(keys.carryOut(command))
            .as("%s", command)
            .isInstanceOfSatisfying(
                KeyCommandRefused.class,
                no -> {
                  assertThat(no.code()).isEqualTo("key-ambiguous");
                  assertThat(no.detail()).contains("several keys have the id");
                });
      }

      assertThat(desks.answer(leaf(other))).isInstanceOf(LeafSigned.class);
      assertThat(token.list().keys()).hasSize(1);
      assertThat(token.list().strays()).as("two pairs, both still there").hasSize(4);
      assertThat(Inventory.ambiguous(token.list().strays())).containsExactly(doubled.asked().key());
    }
  }

  private static SignLeaf leaf(Ca by) {
    return Asked.leaf(by.asked(), by.signed(), Profile.CLIENT);
  }

  private static DestroyKey destroy(Ca ca) {
    var asked = ca.asked();
    return new DestroyKey(
        Asked.id(),
        1,
        asked.authority(),
        asked.generation(),
        asked.slot(),
        asked.format(),
        asked.key(),
        asked.publicKey());
  }
}
