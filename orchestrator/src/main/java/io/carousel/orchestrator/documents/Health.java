package io.carousel.orchestrator.documents;

/** {@code ok}, or {@code starting} before the first event. */
public record Health(String status) {}
