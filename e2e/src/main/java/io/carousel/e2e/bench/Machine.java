package io.carousel.e2e.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;

/** What a benchmark ran on. */
public final class Machine {
  private Machine() {}

  /** Two lines for people. */
  public static String text() {
    var os = ManagementFactory.getOperatingSystemMXBean();
    return """
    %s, %d processors, %s %s, load %.1f
    Java %s (%s), Kafka %s\
    """
        .formatted(
            processor(),
            os.getAvailableProcessors(),
            os.getName(),
            os.getVersion(),
            os.getSystemLoadAverage(),
            System.getProperty("java.version"),
            System.getProperty("java.vm.name"),
            kafka());
  }

  private static String kafka() {
    try (var in = KafkaProducer.class.getResourceAsStream("/kafka/kafka-version.properties")) {
      var properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      return "of an unknown version";
    }
  }

  private static String processor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(l -> l.startsWith("model name"))
          .map(l -> l.substring(l.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
