/** What tests of several modules share: a Kafka broker in this process, and keys in memory. */
package io.carousel.events.testing;
