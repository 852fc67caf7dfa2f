package io.carousel.deploy;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String own = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "carousel " + (own == null ? "(not packaged)" : own),
      "Java %s (%s)".formatted(Runtime.version(), System.getProperty("java.vm.name"))
    };
  }
}
