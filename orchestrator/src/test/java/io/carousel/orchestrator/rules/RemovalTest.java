package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.carousel.events.RootUse;
import io.carousel.events.Serial;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What is said of generations that are retired below an external root, as a table. */
class RemovalTest {
  private static final String NOT_REMOVABLE =
      "NOT REMOVABLE: verifiers trust the root, and its CRL does not revoke generation ";
  private static final String REMOVED =
      "removed: verifiers pin the intermediates, as canaries have shown";

  private record Row(Supplier<ExternalScene> scene, List<String> said) {}

  private static final Map<String, Row> TABLE = table();

  private static Map<String, Row> table() {
    var t = new LinkedHashMap<String, Row>();
    t.put("nothing is retired", row(() -> ExternalScene.standby(RootUse.ROOT)));
    t.put(
        "in a rotation both are in use",
        row(() -> ExternalScene.standby(RootUse.ROOT).updatingServers()));
    t.put(
        "a successor that waits is not retired",
        row(() -> ExternalScene.standby(RootUse.ROOT).started()));
    t.put(
        "the root is trusted, and has no CRL",
        row(() -> ExternalScene.standby(RootUse.ROOT).completed(), "1 " + NOT_REMOVABLE + "1"));
    t.put(
        "the root is trusted, and its CRL revokes nothing",
        row(() -> revoking(), "1 " + NOT_REMOVABLE + "1"));
    t.put(
        "the root's CRL revokes one of two certificates",
        row(RemovalTest::revokingOneOfTwo, "1 " + NOT_REMOVABLE + "1 on hsm-b"));
    t.put("on hold is not for good", row(RemovalTest::onHold, "1 " + NOT_REMOVABLE + "1"));
    t.put(
        "revoked, and nobody has it yet",
        row(() -> revoking(1), "1 revoked by the root's CRL number 1, held by 0 of 3 verifiers"));
    t.put(
        "revoked, and some have it",
        row(
            RemovalTest::heldByOne,
            "1 revoked by the root's CRL number 1, held by 1 of 3 verifiers"));
    t.put(
        "revoked, and all have it",
        row(
            () -> keptUp(revoking(1)),
            "1 revoked by the root's CRL number 1, held by 3 of 3 verifiers"));
    t.put("a later CRL takes it back", row(RemovalTest::takenBack, "1 " + NOT_REMOVABLE + "1"));
    t.put(
        "of two retired, one is revoked",
        row(
            () -> keptUp(revoking(1)).completed(),
            "1 revoked by the root's CRL number 1, held by 3 of 3 verifiers",
            "2 " + NOT_REMOVABLE + "2"));
    t.put("it has expired", row(RemovalTest::expired));
    t.put(
        "keys are gone, and certificates are not",
        row(RemovalTest::destroyed, "1 " + NOT_REMOVABLE + "1"));
    t.put("rolled back", row(() -> rolledBack(RootUse.ROOT), "2 " + NOT_REMOVABLE + "2"));
    t.put(
        "pinned",
        row(() -> keptUp(ExternalScene.standby(RootUse.PINNED).completed()), "1 " + REMOVED));
    t.put(
        "pinned, and nobody has said so yet",
        row(
            () -> ExternalScene.standby(RootUse.PINNED).completed(),
            "1 being removed: verifiers pin the intermediates, and client, peer, server must still show that they let go of generation 1"));
    t.put("pinned, and rolled back", row(() -> keptUp(rolledBack(RootUse.PINNED)), "2 " + REMOVED));
    return t;
  }

  private static Row row(Supplier<ExternalScene> scene, String... said) {
    return new Row(scene, List.of(said));
  }

  @TestFactory
  Stream<DynamicTest> whatIsSaid() {
    return TABLE.entrySet().stream().map(e -> dynamicTest(e.getKey(), () -> check(e.getValue())));
  }

  private static void check(Row row) {
    ExternalScene s = row.scene().get();
    List<Removal> said =
        Removal.of(s.story().house(), s.user(), s.scene.fleet.evidence(), s.story().now());
    assertThat(said.stream().map(r -> r.generation() + " " + r.text()))
        .containsExactlyElementsOf(row.said());
  }

  private static ExternalScene keptUp(ExternalScene s) {
    s.scene.fleet.keepsUp();
    return s;
  }

  /** A rotation is complete, and a CRL revokes those generations. */
  private static ExternalScene revoking(int... generations) {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT).completed();
    Serial[] serials =
        java.util.Arrays.stream(generations)
            .mapToObj(s::serials)
            .flatMap(Stream::of)
            .toArray(Serial[]::new);
    s.story().accept(s.lists(s.crl(serials)));
    return s;
  }

  private static ExternalScene revokingOneOfTwo() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT).completed();
    s.story().accept(s.lists(s.crl(s.serials(1)[0])));
    return s;
  }

  private static ExternalScene onHold() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT).completed();
    int certificateHold = 6;
    s.story()
        .accept(
            s.lists(
                s.root
                    .list(1, s.story().now())
                    .because(certificateHold)
                    .revoking(s.serials(1))
                    .sign()));
    return s;
  }

  private static ExternalScene heldByOne() {
    ExternalScene s = revoking(1);
    s.scene.fleet.member("peer").keepsUp();
    return s;
  }

  private static ExternalScene takenBack() {
    ExternalScene s = keptUp(revoking(1));
    s.story().accept(s.lists(s.crl()));
    return s;
  }

  private static ExternalScene expired() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT).completed();
    s.story().now(s.story().now().plus(Scene.POLICY.caLifetime()).plusSeconds(1));
    return s;
  }

  private static ExternalScene destroyed() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT).completed();
    s.story().now(s.story().now().plus(Duration.ofDays(8)));
    s.story().accept(new io.carousel.events.Act.TimePassed());
    s.story().settle();
    assertThat(s.user().generation(1).keys().values()).hasOnlyElementsOfType(Key.Destroyed.class);
    return s;
  }

  private static ExternalScene rolledBack(RootUse use) {
    ExternalScene s = ExternalScene.standby(use).updatingServers().turned();
    s.scene.passed();
    return s;
  }
}
