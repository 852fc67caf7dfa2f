/**
 * The demo: a node of its own, a fleet that talks without pause, a rotation that completes and one
 * that is rolled back, a worker killed in the middle of each, and the proof at the end. Start at
 * {@link io.carousel.deploy.demo.Demo}, which reads from top to bottom.
 *
 * <p>The demo's fleet and its operator reach the house as anybody would, over the HTTP API. This
 * room knows {@code node}, the agent, and of the orchestrator the API's documents, the replay and
 * the state it compares.
 */
package io.carousel.deploy.demo;
