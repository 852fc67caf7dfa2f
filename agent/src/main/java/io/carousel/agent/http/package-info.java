/**
 * The way to the house over its HTTP API, by the JDK's own client. This room knows the agent's
 * core, the contract and its JSON.
 */
package io.carousel.agent.http;
