/**
 * The way to the house over its HTTP API, by the JDK's own client: by a secret on the same machine,
 * by TLS from another; bundles come as server-sent events, with polls beneath. This room knows the
 * agent's core, {@code tls}, the contract and its JSON.
 */
package io.carousel.agent.http;
