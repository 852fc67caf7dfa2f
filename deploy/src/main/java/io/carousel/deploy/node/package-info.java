/**
 * The all-in-one node: broker, orchestrator and one worker process for each slot, on one data
 * folder. Start at {@link io.carousel.deploy.node.Node}.
 *
 * <p>This room starts the parts and joins them; it decides nothing about rotations. It knows the
 * broker's room, the orchestrator's outside, the agent's library (by which the orchestrator is a
 * participant of the authority that its listener shows), and of the workers their configuration
 * file and exit codes. The PKCS#11 module is loaded in processes of their own only.
 */
package io.carousel.deploy.node;
