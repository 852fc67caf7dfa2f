package io.carousel.e2e.arrows;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
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
  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.carousel");

  @Test
  void everyDependencyIsInATable() {
    classes().should(keepToTheTables()).check(CODE);
  }

  @Test
  void everyClassBelongsToAModule() {
    assertThat(CODE).isNotEmpty();
    assertThat(CODE)
        .allSatisfy(code -> assertThat(Arrows.moduleOf(code.getPackageName())).isPresent());
  }

  /**
   * A row about a room that is no more, or that no longer touches the library, allows too much. The
   * rooms came one by one: this holds from the day the launcher, which needs them all, was there.
   */
  @Test
  void everyRowIsUsed() {
    List<String> idle =
        Arrows.LIBRARIES.stream()
            .flatMap(library -> library.rooms().stream().map(room -> new Row(library, room)))
            .filter(row -> !isUsed(row))
            .map(row -> row.room() + " does not touch " + row.library().packages())
            .toList();
    if (CODE.contain("io.carousel.deploy.Carousel")) {
      assertThat(idle).isEmpty();
      assertThat(Arrows.PURE).allSatisfy(room -> assertThat(exists(room)).as(room).isTrue());
    }
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

  private static boolean exists(String room) {
    return CODE.stream().anyMatch(code -> code.getPackageName().equals(room));
  }

  private static boolean isUsed(Row row) {
    return CODE.stream()
        .filter(code -> code.getPackageName().equals(row.room()))
        .flatMap(code -> code.getDirectDependenciesFromSelf().stream())
        .anyMatch(dependency -> row.library().holds(packageOf(dependency)));
  }

  private static ArchCondition<JavaClass> keepToTheTables() {
    return new ArchCondition<>("depend only on what a table allows") {
      @Override
      public void check(JavaClass code, ConditionEvents events) {
        for (Dependency dependency : code.getDirectDependenciesFromSelf()) {
          String to = packageOf(dependency);
          boolean primitive = dependency.getTargetClass().getBaseComponentType().isPrimitive();
          if (!primitive && !Arrows.allowed(code.getPackageName(), to)) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static String packageOf(Dependency dependency) {
    return dependency.getTargetClass().getBaseComponentType().getPackageName();
  }
}
