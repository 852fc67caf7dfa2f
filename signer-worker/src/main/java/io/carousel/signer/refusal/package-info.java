/**
 * The words in which a worker says no. Every other room of the worker may use them; this one knows
 * the JDK alone.
 */
package io.carousel.signer.refusal;
