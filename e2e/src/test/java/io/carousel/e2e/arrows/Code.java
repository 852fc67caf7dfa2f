package io.carousel.e2e.arrows;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The code of all modules, without tests, and who knows whom in it. */
final class Code {
  static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          // Other modules' tests, which come as archives where a whole build has packed them.
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.carousel");

  private Code() {}

  /** The packages in which there is code. */
  static Set<String> rooms() {
    return ALL.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
  }

  /** The packages on which that one depends, often many times. */
  static Stream<String> knownTo(String room) {
    return ALL.stream()
        .filter(code -> code.getPackageName().equals(room))
        .flatMap(code -> code.getDirectDependenciesFromSelf().stream())
        .map(Code::packageOf);
  }

  /** Where the target of a dependency, or of an array of it, is at home. */
  static String packageOf(Dependency dependency) {
    return dependency.getTargetClass().getBaseComponentType().getPackageName();
  }
}
