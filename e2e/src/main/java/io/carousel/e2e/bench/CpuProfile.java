package io.carousel.e2e.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where a process spends its CPU time, by JFR's sampler of CPU time (JEP 509), which sees native
 * code too. What it does not see is the JVM's own: collector and compilers.
 */
final class CpuProfile {
  private static final String EVENT = "jdk.CPUTimeSample";
  private static final Map<String, String> SETTINGS =
      Map.of(EVENT + "#enabled", "true", EVENT + "#throttle", "2ms");
  private static final String NAME = "bench";

  private CpuProfile() {}

  /** Of this process. */
  static Recording here() {
    var recording = new Recording();
    recording.setSettings(SETTINGS);
    recording.start();
    return recording;
  }

  /** Ends it. */
  static Map<String, Duration> stages(Recording recording, Stages stages, Path file)
      throws IOException {
    try (recording) {
      recording.stop();
      recording.dump(file);
    }
    return stages(file, stages);
  }

  /** Begins one in another process of this user. */
  static void begin(long pid) throws IOException {
    var settings = SETTINGS.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    jcmd(pid, "JFR.start", "name=" + NAME, "settings=none", "+" + String.join(" +", settings));
  }

  /** Ends that one. */
  static Map<String, Duration> end(long pid, Stages stages, Path file) throws IOException {
    jcmd(pid, "JFR.stop", "name=" + NAME, "filename=" + file);
    return stages(file, stages);
  }

  private static void jcmd(long pid, String... words) throws IOException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process process =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid), String.join(" ", words))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("jcmd failed: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static Map<String, Duration> stages(Path file, Stages stages) throws IOException {
    var spent = new TreeMap<String, Duration>();
    try (var recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        if (event.getEventType().getName().equals(EVENT)) {
          spent.merge(stage(event, stages), event.getDuration("samplingPeriod"), Duration::plus);
        }
      }
    } finally {
      Files.deleteIfExists(file);
    }
    return spent;
  }

  private static String stage(RecordedEvent event, Stages stages) {
    RecordedThread thread = event.getThread("eventThread");
    String name = thread == null || thread.getJavaName() == null ? "" : thread.getJavaName();
    List<Stages.Frame> frames =
        event.getStackTrace() == null
            ? List.of()
            : event.getStackTrace().getFrames().stream()
                .map(f ->
                    new Stages.Frame(f.getMethod().getType().getName(), f.getMethod().getName()))
                .toList();
    return stages.of(name, frames);
  }
}
