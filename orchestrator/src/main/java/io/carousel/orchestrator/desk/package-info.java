/**
 * What the outside may ask of an orchestrator, in the house's own words: the port that the HTTP API
 * stands on. Knows the JDK, {@code events} and the rules.
 */
package io.carousel.orchestrator.desk;
