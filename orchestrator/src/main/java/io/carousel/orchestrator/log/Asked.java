package io.carousel.orchestrator.log;

import io.carousel.events.Act;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.seal.KnownAuthor;

/**
 * An act read from {@code carousel.commands}: readable, and signed by somebody who is enrolled at
 * this point of the history.
 *
 * @param digest of its type and body, so that a retry with another body is told apart
 * @param offset in {@code carousel.commands}
 */
public record Asked(CommandId command, Act act, KnownAuthor author, Digest digest, long offset) {}
