/** Puts the rooms of an orchestrator together and runs them. */
package io.carousel.orchestrator;
