/**
 * Certification requests, and what certificates say. The only package of the agent that knows
 * Bouncy Castle.
 */
package io.carousel.agent.certificate;
