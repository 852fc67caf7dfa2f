/**
 * The contract: what was (events), what is asked (acts, signing commands, requests) and what came
 * of it (results, replies, reports). Plain values that check themselves; how they look as bytes is
 * said in {@code wire}, who wrote them in {@code seal}, where they travel in {@code topics}.
 *
 * <p>This room knows the JDK alone.
 */
package io.carousel.events;
