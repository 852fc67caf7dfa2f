/**
 * The agent as a program: puts the rooms together, runs until it is stopped or everything is up to
 * date, and tells how it stands.
 */
package io.carousel.agent.program;
