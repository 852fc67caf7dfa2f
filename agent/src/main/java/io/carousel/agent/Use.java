package io.carousel.agent;

import io.carousel.events.Format;
import io.carousel.events.Profile;

/** What a credential is for. A participant of an authority holds at most one for each use. */
public record Use(Format format, Profile profile) {}
