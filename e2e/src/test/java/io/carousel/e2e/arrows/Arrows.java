package io.carousel.e2e.arrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who may know whom, as allow-lists: what is in no table is forbidden. A room is a package, without
 * those below it; a module is all packages below its root. Here stand the arrows between modules,
 * and to libraries; those between the rooms of a module stand in {@link Rooms}.
 */
final class Arrows {
  /** Which modules a module may know beside itself. */
  static final Map<String, Set<String>> MODULES =
      Map.of(
          "io.carousel.events", Set.of(),
          "io.carousel.signer", Set.of("io.carousel.events"),
          "io.carousel.orchestrator", Set.of("io.carousel.events"),
          "io.carousel.agent", Set.of("io.carousel.events"),
          "io.carousel.deploy",
              Set.of(
                  "io.carousel.events",
                  "io.carousel.signer",
                  "io.carousel.orchestrator",
                  "io.carousel.agent"),
          "io.carousel.e2e",
              Set.of(
                  "io.carousel.events",
                  "io.carousel.signer",
                  "io.carousel.orchestrator",
                  "io.carousel.agent",
                  "io.carousel.deploy"));

  /** Which rooms may touch a library (its packages begin so): one room in a module. */
  static final List<Library> LIBRARIES =
      List.of(
          new Library(
              "tools.jackson.",
              "io.carousel.events.wire",
              "io.carousel.signer.config",
              "io.carousel.agent.config"),
          new Library("com.fasterxml.jackson.annotation", "io.carousel.events.wire"),
          new Library("iaik.pkcs.pkcs11.", "io.carousel.signer.token.pkcs11"),
          new Library("org.xipki.pkcs11.", "io.carousel.signer.token.pkcs11"),
          new Library(
              "org.bouncycastle.",
              "io.carousel.events.seal",
              "io.carousel.signer.certificate",
              "io.carousel.orchestrator.certificate",
              "io.carousel.agent.certificate"),
          new Library("com.nimbusds.", "io.carousel.signer.jwt"),
          new Library(
              "org.apache.kafka.",
              "io.carousel.signer.kafka",
              "io.carousel.orchestrator.log",
              "io.carousel.deploy.broker"),
          new Library("kafka.server", "io.carousel.deploy.broker"),
          new Library("org.axonframework.", "io.carousel.orchestrator.axon"),
          new Library("org.eclipse.jetty.", "io.carousel.orchestrator.http"),
          // How many files the process may have open: so many connections fit.
          new Library("com.sun.management", "io.carousel.orchestrator.http"),
          new Library("picocli.", "io.carousel.orchestrator.cli", "io.carousel.deploy"),
          new Library("org.pcollections", "io.carousel.orchestrator.rules"));

  /** Rooms that know the JDK, {@code events}, themselves and their libraries, and nothing else. */
  static final Set<String> PURE = Set.of("io.carousel.orchestrator.rules");

  /** Modules that log; their pure rooms do not. */
  static final Set<String> LOGGING =
      Set.of(
          "io.carousel.signer",
          "io.carousel.orchestrator",
          "io.carousel.agent",
          "io.carousel.deploy");

  /** Stands outside these tables: the end-to-end module meets every part and every library. */
  static final String MEETS_ALL = "io.carousel.e2e";

  private static final Set<String> JDK = Set.of("java.", "javax.");
  private static final String EVENTS = "io.carousel.events";
  private static final String LOG = "org.slf4j";

  /**
   * A library and the rooms that may touch it.
   *
   * @param packages how its packages' names begin
   * @param rooms whole names of packages
   */
  record Library(String packages, Set<String> rooms) {
    Library(String packages, String... rooms) {
      this(packages, Set.of(rooms));
    }

    boolean holds(String packageName) {
      return (packageName + ".").startsWith(packages);
    }
  }

  private Arrows() {}

  /** Whether code of one package may depend on code of another. */
  static boolean allowed(String from, String to) {
    return from.equals(to)
        || JDK.stream().anyMatch((to + ".")::startsWith)
        || LIBRARIES.stream()
            .anyMatch(library -> library.holds(to) && library.rooms().contains(from))
        || (PURE.contains(from) ? isBelow(to, EVENTS) : allowedBeyondTheRoom(from, to));
  }

  private static boolean allowedBeyondTheRoom(String from, String to) {
    String module = moduleOf(from).orElse("");
    if (isBelow(to, module)) {
      return Rooms.allowed(from, to);
    }
    return module.equals(MEETS_ALL)
        || (isBelow(to, LOG) && LOGGING.contains(module))
        || moduleOf(to).filter(MODULES.getOrDefault(module, Set.of())::contains).isPresent();
  }

  static Optional<String> moduleOf(String packageName) {
    return MODULES.keySet().stream().filter(module -> isBelow(packageName, module)).findFirst();
  }

  private static boolean isBelow(String packageName, String root) {
    return (packageName + ".").startsWith(root + ".");
  }
}
