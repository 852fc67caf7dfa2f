/**
 * The operators' command line: {@code authority}, {@code rotation}, {@code log}, {@code slot},
 * {@code fleet} and {@code completion}. Talks to a node over its HTTP API. Start at {@link
 * io.carousel.orchestrator.cli.OperatorCommands}.
 *
 * <p>This room knows the JDK, picocli, {@code events}, the documents and the room for text, and no
 * room that knows the rules.
 */
package io.carousel.orchestrator.cli;
