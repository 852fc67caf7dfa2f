package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.carousel.events.Act;
import io.carousel.events.Bytes;
import io.carousel.events.RootUse;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.WorkerAct.CaRequestSigned;
import io.carousel.events.wire.Wire;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What comes of the acts about an external root in every phase, as in {@link PhaseTableTest}. Acts
 * are right in themselves: the certificate is the last that was asked for, and the CRL revokes
 * nothing.
 */
class ExternalPhasesTest {
  private enum Stage {
    CREATING(() -> ExternalScene.creating(RootUse.ROOT)),
    STANDBY(() -> ExternalScene.standby(RootUse.ROOT)),
    INIT_KEYS_MISSING(() -> ExternalScene.standby(RootUse.ROOT).started()),
    INIT_TRUSTED(() -> ExternalScene.standby(RootUse.ROOT).trusted()),
    UPDATE_CLIENTS(() -> ExternalScene.standby(RootUse.ROOT).updatingClients()),
    UPDATE_SERVERS(() -> ExternalScene.standby(RootUse.ROOT).updatingServers()),
    ROLLBACK_KEYS_MISSING(() -> ExternalScene.standby(RootUse.ROOT).started().turned()),
    ROLLBACK(() -> ExternalScene.standby(RootUse.ROOT).updatingServers().turned());

    private final Supplier<ExternalScene> scene;

    Stage(Supplier<ExternalScene> scene) {
      this.scene = scene;
    }
  }

  private record Row(Function<ExternalScene, Act> act, List<String> outcomes) {}

  private static final Map<String, Row> TABLE = table();

  private static Map<String, Row> table() {
    var t = new LinkedHashMap<String, Row>();
    t.put(
        "the request that was asked for",
        row(
            ExternalPhasesTest::theRequestOfSlotA,
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated",
            "+answer-repeated"));
    t.put(
        "a certificate",
        row(
            ExternalPhasesTest::theCertificateOfSlotA,
            "+ca-certificate-imported crl-requested",
            "no-certificate-awaited",
            "+ca-certificate-imported crl-requested",
            "no-certificate-awaited",
            "no-certificate-awaited",
            "no-certificate-awaited",
            "no-certificate-awaited",
            "no-certificate-awaited"));
    t.put(
        "a CRL of the root",
        row(
            s -> s.lists(s.crl()),
            "+root-crl-imported",
            "+root-crl-imported",
            "+root-crl-imported",
            "+root-crl-imported",
            "+root-crl-imported",
            "+root-crl-imported",
            "+root-crl-imported",
            "+root-crl-imported"));
    t.put(
        "a rotation",
        row(
            s -> s.scene.start(),
            "certificates-awaited",
            "+rotation-started key-requested key-requested",
            "rotation-underway",
            "rotation-underway",
            "rotation-underway",
            "rotation-underway",
            "rotation-underway",
            "rotation-underway"));
    t.put(
        "the next phase",
        row(
            s -> s.scene.advance(),
            "certificates-awaited",
            "nothing-underway",
            "keys-missing",
            "+clients-updating key-stage-reached key-stage-reached",
            "+servers-updating",
            "+rotation-completed" + " key-stage-reached".repeat(4),
            "+rolled-back" + " key-stage-reached".repeat(4),
            "+rolled-back" + " key-stage-reached".repeat(4)));
    return t;
  }

  private static Row row(Function<ExternalScene, Act> act, String... outcomes) {
    assertThat(outcomes).hasSameSizeAs(Stage.values());
    return new Row(act, List.of(outcomes));
  }

  @TestFactory
  Stream<DynamicTest> everyActInEveryPhase() {
    return TABLE.entrySet().stream()
        .flatMap(e ->
            Stream.of(Stage.values())
                .map(stage ->
                    dynamicTest(e.getKey() + " in " + stage, () -> check(stage, e.getValue()))));
  }

  private static void check(Stage stage, Row row) {
    ExternalScene s = stage.scene.get();
    if (stage != Stage.CREATING) {
      s.scene.fleet.keepsUp();
    }
    House before = s.story().house();
    String wanted = row.outcomes().get(List.of(Stage.values()).indexOf(stage));
    assertThat(outcome(s.story().ask(row.act().apply(s)))).isEqualTo(wanted);
    if (!wanted.startsWith("+")) {
      assertThat(s.story().house()).isEqualTo(before);
    }
  }

  private static String outcome(Decision decision) {
    return switch (decision) {
      case Decision.Refused r -> r.why().code();
      case Decision.Accepted a ->
          a.events().stream()
              .map(e -> Wire.CURRENT.typeOf(e.getClass()))
              .map(t -> t.substring("carousel.".length(), t.lastIndexOf('.')))
              .collect(Collectors.joining(" ", "+", ""));
    };
  }

  /** Answered before: the worker answers again after a crash. */
  private static Act theRequestOfSlotA(ExternalScene s) {
    int latest = s.user().generations().lastKey();
    return switch (s.scene.key(latest, Scene.A)) {
      case Key.AwaitingCertificate k -> new CaRequestSigned(k.asked(), Scene.A, k.request());
      case Key.Ready k ->
          new CaRequestSigned(
              k.x509().orElseThrow().ca().command(), Scene.A, Bytes.of(new byte[1]));
      default -> s.story().slot(Scene.A).requests(s.scene.asked(SignCaRequest.class, Scene.A));
    };
  }

  private static Act theCertificateOfSlotA(ExternalScene s) {
    int latest = s.user().generations().lastKey();
    return switch (s.scene.key(latest, Scene.A)) {
      case Key.AwaitingCertificate k -> s.brings(s.root.below(k.request()).sign());
      case Key.Ready k -> s.brings(k.certificate().orElseThrow());
      default -> throw new AssertionError("slot A has no key that a certificate could be for");
    };
  }
}
