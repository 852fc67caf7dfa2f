/**
 * The {@code carousel} command: puts the operator's commands and the node's together. Start at
 * {@link io.carousel.deploy.Carousel}.
 *
 * <p>This room knows picocli, the rooms {@code node} and {@code demo}, the orchestrator's command
 * line, and how a signer worker is started.
 */
package io.carousel.deploy;
