/**
 * Where commands come from and answers go: two share groups for each slot, the tail of the log, and
 * one producer. Moves records and knows nothing of what is in them; Kafka is trusted with nothing
 * but their delivery.
 *
 * <p>May touch the JDK, {@code io.carousel.events}, SLF4J, the ports of the rooms for trust and
 * work, and the token's word that it needs an operator; the only room of this module that knows
 * Kafka's clients.
 */
package io.carousel.signer.kafka;
