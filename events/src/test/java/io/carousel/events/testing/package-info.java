/** What tests of several modules share: a Kafka broker in this process. */
package io.carousel.events.testing;
