package io.carousel.events.testing;

import java.time.Duration;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Tries a property again and again, each time from another seed, for as long as the system property
 * {@value #MINUTES} says; without it once, which is what a build has time for. Those that feed
 * parsers are tagged {@value #TAG}.
 */
public final class LongFuzzing implements AroundPropertyHook {
  /** Of properties that feed a parser what nobody should send. */
  public static final String TAG = "fuzz";

  private static final String MINUTES = "carousel.fuzz.minutes";

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) {
    long end = System.nanoTime() + time().toNanos();
    PropertyExecutionResult result = property.execute();
    long tries = result.countTries();
    int rounds = 1;
    while (succeeded(result) && System.nanoTime() - end < 0) {
      result = property.execute();
      tries += result.countTries();
      rounds++;
    }
    if (rounds > 1) {
      System.out.printf("%s: %d tries from %d seeds%n", context.label(), tries, rounds);
    }
    return result;
  }

  private static boolean succeeded(PropertyExecutionResult result) {
    return result.status() == PropertyExecutionResult.Status.SUCCESSFUL;
  }

  private static Duration time() {
    return Duration.ofMillis(
        (long) (60_000 * Double.parseDouble(System.getProperty(MINUTES, "0"))));
  }
}
