/**
 * How the whole house looks as bytes: for disposable snapshots, and to compare two replays byte for
 * byte.
 *
 * <p>This room knows the JDK, {@code events}, the rules' values and the log's idea of a codec,
 * nothing else.
 */
package io.carousel.orchestrator.snapshot;
