/**
 * The rules, pure: {@code decide(house, act, circumstances)} says what an act leads to, {@code
 * evolve(house, event)} what an event changes. Time, randomness and evidence arrive as arguments.
 * Start at {@link io.carousel.orchestrator.rules.Rules}.
 *
 * <p>This room knows the JDK, {@code events} and persistent collections, nothing else.
 */
package io.carousel.orchestrator.rules;
