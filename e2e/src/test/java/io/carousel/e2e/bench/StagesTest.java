package io.carousel.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.signer.certificate.Drafts;
import io.carousel.signer.certificate.Rehearsal;
import io.carousel.signer.certificate.Signatures;
import io.carousel.signer.token.pkcs11.Pkcs11Token;
import io.carousel.signer.trust.Gate;
import io.carousel.signer.work.Answers;
import io.carousel.signer.work.Desk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The names in the tables are those of the code, also after it was renamed. */
class StagesTest {
  private static Stages.Frame in(Class<?> type, String method) {
    return new Stages.Frame(type.getName(), method);
  }

  private static String of(Stages.Frame... frames) {
    return Stages.WORKER.of("leaf-hand-0", List.of(frames));
  }

  @Test
  void theInnermostKnownFrameSaysWhatItIs() {
    var desk = in(Desk.class, "handle");
    assertThat(of(new Stages.Frame("java.lang.Object", "wait"), in(Gate.class, "admit"), desk))
        .isEqualTo("gate");
    assertThat(of(in(Drafts.class, "leaf"), in(Rehearsal.class, "of"), desk)).isEqualTo("build");
    assertThat(of(in(Rehearsal.class, "of"), desk)).isEqualTo("rehearse");
    assertThat(of(in(Pkcs11Token.class, "sign"), desk)).isEqualTo("sign");
    assertThat(of(in(Signatures.class, "hold"), desk)).isEqualTo("verify");
    assertThat(of(in(Answers.class, "of"), desk)).isEqualTo("answer");
    assertThat(of(desk)).isEqualTo("work");
  }

  @Test
  void elseTheThreadDoes() {
    var frame = new Stages.Frame("java.lang.Thread", "run");
    assertThat(Stages.WORKER.of("kafka-producer-network-thread | x", List.of(frame)))
        .isEqualTo("write-result");
    assertThat(Stages.WORKER.of("nobody's", List.of(frame))).isEqualTo("other");
  }
}
