/**
 * What the agent is told at its start: one validated record, read from YAML. Everything is checked
 * before anything starts, and one message lists every fault with its line.
 *
 * <p>The only room of this module that knows Jackson.
 */
package io.carousel.agent.config;
