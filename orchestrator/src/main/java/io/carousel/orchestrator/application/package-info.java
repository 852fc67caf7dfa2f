/**
 * Between the log and the rules: gives the rules what they need and the log what they decide. Knows
 * {@code events}, the rules, and the log's judge.
 */
package io.carousel.orchestrator.application;
