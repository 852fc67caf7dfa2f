/**
 * Between the log, the rules and the desks: gives the rules what they need and the log what they
 * decide. Knows the JDK, {@code events}, the rules, the log, the front desk's words, the evidence
 * and the credential desk.
 */
package io.carousel.orchestrator.application;
