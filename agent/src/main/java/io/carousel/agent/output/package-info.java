/**
 * The files that services read: what is in them for each layout, and how all outputs of an
 * authority take up new material together, or not at all.
 */
package io.carousel.agent.output;
