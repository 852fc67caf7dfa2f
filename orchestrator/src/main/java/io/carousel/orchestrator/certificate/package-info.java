/**
 * What an orchestrator must read of certificate requests and certificates. The only package of this
 * module that knows Bouncy Castle.
 */
package io.carousel.orchestrator.certificate;
