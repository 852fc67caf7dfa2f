package io.carousel.events.wire;

import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/** Lifts what an older program wrote to the next version. Pure. */
record Upcast(String from, String to, UnaryOperator<ObjectNode> lift) {}
