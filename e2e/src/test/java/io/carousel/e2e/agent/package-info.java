/**
 * {@code carousel agent} as a process of its own beside real programs: an nginx that comes under
 * Carousel as the documentation says, and callers with the files of another agent.
 */
package io.carousel.e2e.agent;
