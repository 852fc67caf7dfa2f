package io.carousel.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/** Who may know whom; whatever is not listed is forbidden. */
@AnalyzeClasses(
    packages = "io.carousel.agent",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
  private static final String CORE = "io.carousel.agent";
  private static final String CERTIFICATE = "io.carousel.agent.certificate";
  private static final String HTTP = "io.carousel.agent.http";
  private static final String TLS = "io.carousel.agent.tls";

  private static final String SERVICE = "io.carousel.agent.service";
  private static final String DISK = "io.carousel.agent.disk";
  private static final String OUTPUT = "io.carousel.agent.output";
  private static final String CONFIG = "io.carousel.agent.config";
  private static final String PROGRAM = "io.carousel.agent.program";

  private static final String[] BASE = {"java..", "org.slf4j", "io.carousel.events"};

  private static ArchRule onlyKnows(String room, String... others) {
    return classes()
        .that()
        .resideInAPackage(room)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            Stream.of(Stream.of(BASE), Stream.of(room), Stream.of(others))
                .flatMap(s -> s)
                .toArray(String[]::new));
  }

  @ArchTest
  static final ArchRule CORE_ARROWS =
      onlyKnows(
          CORE,
          CERTIFICATE,
          "org.slf4j.spi",
          "org.slf4j.event",
          "io.carousel.events.seal",
          "io.carousel.events.openssh");

  @ArchTest
  static final ArchRule CERTIFICATE_ARROWS =
      onlyKnows(CERTIFICATE, "org.bouncycastle..", "javax.security.auth.x500");

  /** It goes by TLS where the house is on another machine. */
  @ArchTest
  static final ArchRule HTTP_ARROWS =
      onlyKnows(HTTP, CORE, TLS, "javax.net.ssl", "io.carousel.events.wire");

  @ArchTest
  static final ArchRule TLS_ARROWS =
      onlyKnows(TLS, CORE, CERTIFICATE, "javax.net.ssl", "io.carousel.events.wire");

  @ArchTest
  static final ArchRule SERVICE_ARROWS =
      onlyKnows(SERVICE, "javax.net.ssl", "javax.security.auth.x500");

  @ArchTest static final ArchRule DISK_ARROWS = onlyKnows(DISK, CORE, "io.carousel.events.wire");

  @ArchTest
  static final ArchRule OUTPUT_ARROWS =
      onlyKnows(
          OUTPUT,
          CORE,
          CERTIFICATE,
          DISK,
          SERVICE,
          "io.carousel.events.wire",
          "io.carousel.events.openssh",
          "io.carousel.events.jose",
          "javax.security.auth.x500");

  @ArchTest
  static final ArchRule CONFIG_ARROWS =
      onlyKnows(CONFIG, DISK, OUTPUT, SERVICE, "io.carousel.events.openssh", "tools.jackson..");

  @ArchTest
  static final ArchRule PROGRAM_ARROWS =
      onlyKnows(PROGRAM, CORE, HTTP, TLS, CONFIG, DISK, OUTPUT, SERVICE, "io.carousel.events.wire");
}
