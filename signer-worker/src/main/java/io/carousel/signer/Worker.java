package io.carousel.signer;

import io.carousel.signer.config.BadConfiguration;
import io.carousel.signer.config.WorkerConfig;
import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.token.pkcs11.Pkcs11Token;
import java.io.PrintStream;
import org.slf4j.LoggerFactory;

/**
 * The signer worker as a program. Has no logger of its own, because it says where loggers find
 * their configuration.
 */
public final class Worker {
  private final Assignment assignment;

  /** With tokens behind PKCS#11. */
  public Worker() {
    this(new Assignment());
  }

  /** That carries out that assignment. */
  public Worker(Assignment assignment) {
    this.assignment = assignment;
  }

  /**
   * Works as the command line says, until it is stopped or cannot go on.
   *
   * @param out gets one line that begins with {@code ready}
   * @param err gets what is wrong, in words
   * @return how it ended
   */
  public Exit run(PrintStream out, PrintStream err, String... args) {
    try {
      CommandLine line = CommandLine.parse(args);
      if (line.config().isEmpty()) {
        out.print(CommandLine.USAGE);
        return Exit.DONE;
      }
      WorkerConfig config = WorkerConfig.read(line.config().get());
      if (line.endsWithParent()) {
        Parent.endsWith(System.in, assignment::stop);
      }
      return assignment.run(config, out, err);
    } catch (BadCommandLine e) {
      err.println("carousel worker: " + e.getMessage());
      err.print(CommandLine.USAGE);
      return Exit.USAGE;
    } catch (BadConfiguration e) {
      return Assignment.report(e, err);
    }
  }

  /** Runs until SIGTERM or SIGINT, or, if so asked, until the parent process is gone. */
  public static void main(String... args) {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "worker-logback.xml");
    }
    Thread.setDefaultUncaughtExceptionHandler(Worker::ended);
    var worker =
        new Worker(new Assignment(config -> Pkcs11Token.open(config, Worker::endsBecauseOf)));
    Exit exit =
        Signals.run(worker.assignment::stop, () -> worker.run(System.out, System.err, args));
    Runtime.getRuntime().halt(exit.code());
  }

  /** Without one of its threads a worker would only seem to work: its parent starts another. */
  private static void ended(Thread thread, Throwable failure) {
    try {
      System.err.println(
          "carousel worker: thread %s ended by a fault of this program, and with it the worker: %s"
              .formatted(thread.getName(), failure));
      LoggerFactory.getLogger(Worker.class).error("the fault", failure);
    } finally {
      Runtime.getRuntime().halt(Exit.FAULT.code());
    }
  }

  /** A thread that is stuck inside a module cannot be helped: only a new process can. */
  private static void endsBecauseOf(TokenUnavailable hang) {
    System.err.println("carousel worker: " + hang.getMessage());
    Runtime.getRuntime().halt(Exit.TOKEN_UNAVAILABLE.code());
  }
}
