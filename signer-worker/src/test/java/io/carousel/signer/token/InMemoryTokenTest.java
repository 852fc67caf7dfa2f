package io.carousel.signer.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InMemoryTokenTest extends TokenContract {

  @Override
  Token open() {
    return new InMemoryToken();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void losesACallBeforeOrAfterItsEffect(Fault fault) throws Exception {
    InMemoryToken token = new InMemoryToken();
    KeyId id = Verified.freshId();
    token.loseNext(fault);

    assertThatExceptionOfType(TokenUnavailable.class)
        .isThrownBy(() -> token.generate(id, "command-1", Suite.ED25519));

    assertThat(token.findByLabel("command-1").isPresent())
        .isEqualTo(fault == Fault.LOST_AFTER_EFFECT);
  }
}
