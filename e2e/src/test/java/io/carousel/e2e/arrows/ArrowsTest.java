package io.carousel.e2e.arrows;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The code keeps to the tables of {@link Arrows}, and the tables speak of code that exists. */
class ArrowsTest {
  @Test
  void everyDependencyIsInATable() {
    classes().should(keepToTheTables()).check(Code.ALL);
  }

  @Test
  void everyClassBelongsToAModule() {
    assertThat(Code.ALL).isNotEmpty();
    assertThat(Code.ALL)
        .allSatisfy(code -> assertThat(Arrows.moduleOf(code.getPackageName())).isPresent());
  }

  /**
   * A virtual thread that waits on a monitor may keep its carrier (JDK-8369019): with few
   * processors those that wait then keep whoever would wake them, and nothing goes on any more.
   * Conditions let go of it.
   */
  @Test
  void nobodyWaitsOnAMonitor() {
    noClasses()
        .should()
        .callMethodWhere(describe("that waits on a monitor", ArrowsTest::waits))
        .check(Code.ALL);
  }

  /** A row about a room that is no more, or no longer touches the library, allows too much. */
  @Test
  void everyRowIsUsed() {
    List<String> idle =
        Arrows.LIBRARIES.stream()
            .flatMap(library -> library.rooms().stream().map(room -> new Row(library, room)))
            .filter(row -> !isUsed(row))
            .map(row -> row.room() + " does not touch " + row.library().packages())
            .toList();
    assertThat(idle).isEmpty();
    assertThat(Code.rooms()).containsAll(Arrows.PURE);
  }

  @Test
  void everyPackageExplainsItself() throws IOException {
    Path root = Path.of("").toAbsolutePath().getParent();
    assertThat(root.resolve("events/pom.xml")).exists();
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> silent =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> root.relativize(file).toString().contains("src/main/java/"))
              .map(Path::getParent)
              .distinct()
              .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
              .map(root::relativize)
              .toList();
      assertThat(silent).as("packages without a package-info.java").isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "io.carousel.agent.tls, org.bouncycastle.cert, false",
    "io.carousel.agent.certificate, org.bouncycastle.cert, true",
    "io.carousel.agent, io.carousel.orchestrator.rules, false",
    "io.carousel.signer.work, io.carousel.agent, false",
    "io.carousel.signer.work, io.carousel.events.wire, true",
    "io.carousel.signer.work, org.apache.kafka.common, false",
    "io.carousel.signer.work, io.carousel.signer.trust, true",
    "io.carousel.signer.trust, io.carousel.signer.work, false",
    "io.carousel.signer.token, io.carousel.signer.token.pkcs11, false",
    "io.carousel.signer.nowhere, io.carousel.signer.trust, false",
    "io.carousel.orchestrator.cli, io.carousel.orchestrator.rules, false",
    "io.carousel.e2e.bench, io.carousel.e2e, false",
    "io.carousel.e2e.bench, org.apache.kafka.common, true",
    "io.carousel.events, tools.jackson.databind, false",
    "io.carousel.events, org.slf4j, false",
    "io.carousel.events.wire, tools.jackson.databind, true",
    "io.carousel.eventsother, io.carousel.events, false",
    "io.carousel.orchestrator.rules, io.carousel.orchestrator.log, false",
    "io.carousel.orchestrator.rules, io.carousel.events.topics, true",
    "io.carousel.orchestrator.rules, org.slf4j, false",
    "io.carousel.orchestrator.rules, java.util.concurrent, true",
    "io.carousel.orchestrator.http, com.google.common.base, false",
    "io.carousel.orchestrator, io.carousel.deploy, false",
    "io.carousel.deploy, io.carousel.signer, true",
    "io.carousel.deploy, io.carousel.e2e, false",
    "io.carousel.e2e, io.carousel.deploy, true",
  })
  void theTablesMeanWhatTheySay(String from, String to, boolean allowed) {
    assertThat(Arrows.allowed(from, to)).isEqualTo(allowed);
  }

  private record Row(Arrows.Library library, String room) {}

  private static boolean isUsed(Row row) {
    return Code.knownTo(row.room()).anyMatch(row.library()::holds);
  }

  private static ArchCondition<JavaClass> keepToTheTables() {
    return new ArchCondition<>("depend only on what a table allows") {
      @Override
      public void check(JavaClass code, ConditionEvents events) {
        for (Dependency dependency : code.getDirectDependenciesFromSelf()) {
          String to = Code.packageOf(dependency);
          boolean primitive = dependency.getTargetClass().getBaseComponentType().isPrimitive();
          if (!primitive && !Arrows.allowed(code.getPackageName(), to)) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static boolean waits(JavaMethodCall call) {
    boolean alone = call.getTarget().getRawParameterTypes().isEmpty();
    boolean timed =
        call.getTarget().getRawParameterTypes().stream()
            .anyMatch(t -> t.isEquivalentTo(long.class));
    return call.getTarget().getName().equals("wait") && (alone || timed);
  }
}
