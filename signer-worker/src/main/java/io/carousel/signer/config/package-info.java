/**
 * What a worker is told at its start: one validated record, read from YAML. Everything is checked
 * before anything starts, and one message lists every fault.
 *
 * <p>May touch the JDK, {@code io.carousel.events} and the records of configuration in the rooms
 * for tokens and trust; the only room of this module that knows Jackson.
 */
package io.carousel.signer.config;
