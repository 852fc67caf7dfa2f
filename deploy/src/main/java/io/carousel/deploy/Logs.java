package io.carousel.deploy;

import java.nio.file.Path;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/** Where a process of its own writes its log. */
final class Logs {
  private Logs() {}

  /** Everything goes to files in that folder from here on; nothing may have been logged before. */
  static void into(Path folder) {
    System.setProperty("carousel.logs", folder.toAbsolutePath().toString());
    configuredBy("node-logback.xml");
  }

  /** Everything goes to standard error from here on, which systemd and containers keep. */
  static void toStandardError() {
    configuredBy("agent-logback.xml");
  }

  private static void configuredBy(String resource) {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", resource);
    }
    LogManager.getLogManager().reset();
    Logger.getLogger("").addHandler(new ToSlf4j());
  }

  /** What the JDK and libraries say through the JDK's own logging goes the same way. */
  private static final class ToSlf4j extends Handler {
    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord record) {
      String name = record.getLoggerName() == null ? "jdk" : record.getLoggerName();
      var log = LoggerFactory.getLogger(name);
      String text = formatter.formatMessage(record);
      if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
        log.error(text, record.getThrown());
      } else if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
        log.warn(text, record.getThrown());
      } else {
        log.info(text, record.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
