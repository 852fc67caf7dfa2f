package io.carousel.deploy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Memory that processes keep resident, looked at twice a second; remembers the most. */
final class Resident implements AutoCloseable {
  private static final long PERIOD_MILLIS = 500;
  private static final long KIB_PER_MIB = 1024;

  private final Supplier<List<ProcessHandle>> processes;
  private final Thread thread;
  private volatile long now;
  private volatile long most;

  private Resident(Supplier<List<ProcessHandle>> processes) {
    this.processes = processes;
    this.thread = Thread.ofVirtual().name("resident").unstarted(this::look);
  }

  /** Of those processes, whichever they are at each moment. */
  static Resident of(Supplier<List<ProcessHandle>> processes) {
    var resident = new Resident(processes);
    resident.thread.start();
    return resident;
  }

  private void look() {
    try {
      while (true) {
        now = processes.get().stream().mapToLong(Resident::kib).sum() / KIB_PER_MIB;
        most = Math.max(most, now);
        Thread.sleep(PERIOD_MILLIS);
      }
    } catch (InterruptedException e) {
      // Asked to end.
    }
  }

  /** VmRSS (proc(5)); 0 for a process that is gone, and on systems that do not say. */
  private static long kib(ProcessHandle process) {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0;
    }
  }

  /** Of all together at the last look, in MiB. */
  long mib() {
    return now;
  }

  /** Of all together at most, in MiB. */
  long mostMib() {
    return most;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
