/**
 * What the log has ordered of workers, as a pure function of its events: each key command that an
 * event ordered, field by field, and whether it is answered. A worker carries out what stands here
 * and nothing else; an auditor may compare the same way.
 *
 * <p>May touch the JDK, {@code events}, {@code events.wire} and {@code events.seal}. Knows no rule:
 * it does not say what may be ordered, only what was, and whether a key may be destroyed.
 */
package io.carousel.events.orders;
