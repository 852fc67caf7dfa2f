/**
 * What tests of several modules share: a Kafka broker in this process, keys in memory, and a module
 * that counts what a token signs.
 */
package io.carousel.events.testing;
