/**
 * The {@code carousel} command: puts the operator's commands and the node's together. Start at
 * {@link io.carousel.deploy.Carousel}.
 *
 * <p>This room knows picocli, the rooms {@code node} and {@code demo}, and the orchestrator's
 * command line.
 */
package io.carousel.deploy;
