/**
 * A Kafka broker inside the node's own process. Only this room of the module knows Kafka; it knows
 * the JDK beside it and nothing else.
 */
package io.carousel.deploy.broker;
