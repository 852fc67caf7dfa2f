/**
 * What happened and what to do next, as plain English sentences for people. Pure: the same event
 * always gives the same sentence. Texts that others chose pass through {@link
 * io.carousel.orchestrator.story.PlainText}, so that nothing they say can move a cursor or forge a
 * line.
 *
 * <p>This room knows the JDK, {@code events} and the rules.
 */
package io.carousel.orchestrator.story;
