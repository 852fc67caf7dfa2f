package io.carousel.signer;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a worker was called with.
 *
 * @param config its configuration file; empty if only help is wanted
 * @param endsWithParent whether to end when standard input does, as it does when the parent dies
 */
record CommandLine(Optional<Path> config, boolean endsWithParent) {
  static final String USAGE =
      """
      usage: carousel worker --config FILE [--parent]

      Carries out the signing commands of one HSM slot until it is asked to stop (SIGTERM).

        --config FILE  what to sign with, and what for (YAML)
        --parent       also stop when standard input ends, so that no worker outlives its parent
        --help         this

      Prints one line that begins with 'ready' on standard output once it consumes commands.

      exit status: 0 ended as asked; 64 wrong command line; 65 impossible history in the log;
      69 Kafka, a topic or the log is not there; 70 fault of this program; 75 token unavailable;
      77 PIN refused: do not start again; 78 configuration, token, enrolment or groups need a person
      """;

  static CommandLine parse(String... args) throws BadCommandLine {
    Optional<Path> config = Optional.empty();
    boolean endsWithParent = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--help", "-h" -> {
          return new CommandLine(Optional.empty(), false);
        }
        case "--parent" -> endsWithParent = true;
        case "--config" -> {
          if (++i == args.length) {
            throw new BadCommandLine("--config needs a file");
          }
          config = Optional.of(path(args[i]));
        }
        default -> throw new BadCommandLine("'%s' is no option".formatted(args[i]));
      }
    }
    if (config.isEmpty()) {
      throw new BadCommandLine("--config FILE is missing");
    }
    return new CommandLine(config, endsWithParent);
  }

  private static Path path(String text) throws BadCommandLine {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new BadCommandLine("'%s' is no path".formatted(text));
    }
  }
}
