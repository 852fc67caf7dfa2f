/**
 * The credential desk: checks who asks for what, picks generation and slot, has it signed, and
 * hands it out only while it is still right. Knows the JDK, {@code events}, the rules, the front
 * desk's words and the certificate room.
 */
package io.carousel.orchestrator.credential;
