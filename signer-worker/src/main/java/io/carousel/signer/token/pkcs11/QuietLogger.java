package io.carousel.signer.token.pkcs11;

import org.slf4j.LoggerFactory;
import org.xipki.pkcs11.wrapper.Logger;
import org.xipki.pkcs11.wrapper.StaticLogger;

/**
 * Takes what the wrapper would print on standard output. Its warnings are about modules' habits,
 * not about faults, so they are for debugging; whatever fails is told by an exception.
 */
final class QuietLogger implements Logger {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(QuietLogger.class);

  private QuietLogger() {}

  static void install() {
    StaticLogger.setLogger(new QuietLogger());
  }

  @Override
  public void error(String format, Object... arguments) {
    LOG.debug(format, arguments);
  }

  @Override
  public void warn(String format, Object... arguments) {
    LOG.debug(format, arguments);
  }

  @Override
  public void info(String format, Object... arguments) {
    LOG.trace(format, arguments);
  }

  @Override
  public void debug(String format, Object... arguments) {
    // every call of the hot path: not even formatted
  }

  @Override
  public void trace(String format, Object... arguments) {
    // would read every attribute of a new key
  }

  @Override
  public boolean isWarnEnabled() {
    return LOG.isDebugEnabled();
  }

  @Override
  public boolean isInfoEnabled() {
    return LOG.isTraceEnabled();
  }

  @Override
  public boolean isDebugEnabled() {
    return false;
  }

  @Override
  public boolean isTraceEnabled() {
    return false;
  }
}
