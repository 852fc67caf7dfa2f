package io.carousel.agent;

import io.carousel.events.ParticipantName;
import java.util.Optional;

/**
 * What a participant works with for one authority: whom it trusts and what it shows. One value, so
 * that a key is never used with another key's certificate.
 *
 * <p>Nothing here says that the two belong together: what comes from the house is checked by {@link
 * Admission} first, and whoever builds a value by hand can build a wrong one.
 *
 * @param credential empty if it only verifies, or has none yet
 */
public record Material(ParticipantName owner, Trust trust, Optional<OwnCredential> credential) {}
