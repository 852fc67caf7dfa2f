/**
 * What happened and what to do next, as plain English sentences for people. Pure: the same event
 * always gives the same sentence. Texts that others chose pass through {@link
 * io.carousel.orchestrator.text.PlainText}, so that nothing they say can move a cursor or forge a
 * line.
 *
 * <p>This room knows the JDK, {@code events}, the rules and the room for text.
 */
package io.carousel.orchestrator.story;
