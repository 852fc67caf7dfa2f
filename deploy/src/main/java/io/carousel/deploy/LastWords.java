package io.carousel.deploy;

import io.carousel.orchestrator.cli.ExitCode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * One line on the terminal and in the log, whatever ends the process: memory that is used up, a
 * broker that gives up its disk, a fault in any thread.
 *
 * @param program by which lines begin
 * @param folder whose disk matters
 * @param endsByFault whether a fault in any thread ends the process: right where whoever started it
 *     starts it again, and one of few threads is missed
 */
record LastWords(String program, PrintStream terminal, Path folder, boolean endsByFault) {
  private static final long MIB = 1 << 20;

  /** From here on, for every thread of this process. */
  void install() {
    // Loaded now: when memory or the disk is used up, it may be too late.
    LoggerFactory.getLogger(LastWords.class);
    Thread.setDefaultUncaughtExceptionHandler(this::uncaught);
  }

  /** The process ends because of that. */
  void say(String why) {
    String line = "%s: %s".formatted(program, why);
    terminal.println(line);
    terminal.flush();
    try {
      LoggerFactory.getLogger(LastWords.class).error(line);
    } catch (RuntimeException e) {
      terminal.println("%s: and this could not be logged: %s".formatted(program, e));
    }
  }

  /** The embedded broker ends the process; it says why in the log alone, if at all. */
  void broker(String message) {
    say(
        "the embedded Kafka broker cannot go on and ends the node (%s); %s. Nothing that was acknowledged is lost: %sstart again. Its last lines in %s say more"
            .formatted(
                message == null ? "it gives no reason" : message,
                room(),
                isFull() ? "make room, then " : "look at the disk, then ",
                folder.resolve("logs")));
  }

  private void uncaught(Thread thread, Throwable failure) {
    if (failure instanceof VirtualMachineError) {
      // Nothing can be relied on any more, least of all that anybody notices.
      try {
        say(
            "out of memory or another resource, in thread %s: %s"
                .formatted(thread.getName(), failure));
      } finally {
        Runtime.getRuntime().halt(ExitCode.FAILED);
      }
    }
    say(
        "a fault of this program in thread %s; %s, please report it: %s"
            .formatted(
                thread.getName(),
                endsByFault ? "it ends the program" : "the rest goes on",
                failure));
    LoggerFactory.getLogger(LastWords.class).error("the fault", failure);
    if (endsByFault) {
      Runtime.getRuntime().halt(ExitCode.FAILED);
    }
  }

  private boolean isFull() {
    try {
      return Files.getFileStore(folder).getUsableSpace() < 64 * MIB;
    } catch (IOException e) {
      return false;
    }
  }

  private String room() {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      return "%s%d MiB are free on the disk of %s"
          .formatted(isFull() ? "the disk is full or nearly so: " : "", free / MIB, folder);
    } catch (IOException e) {
      return "the disk of %s cannot be looked at: %s".formatted(folder, e.getMessage());
    }
  }
}
