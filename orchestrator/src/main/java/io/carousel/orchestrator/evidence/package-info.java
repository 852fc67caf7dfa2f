/**
 * What the fleet has shown: reports and issued credentials, folded as they arrive, checked, and
 * given to the rules as {@link io.carousel.orchestrator.rules.Evidence}. Knows the JDK, {@code
 * events} and the rules.
 */
package io.carousel.orchestrator.evidence;
