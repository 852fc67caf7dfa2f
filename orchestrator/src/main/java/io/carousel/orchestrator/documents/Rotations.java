package io.carousel.orchestrator.documents;

import io.carousel.orchestrator.desk.RotationRecord;
import java.util.List;

/** The last rotations of an authority, the newest first. */
public record Rotations(List<RotationRecord> rotations) {}
