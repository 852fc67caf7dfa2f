/**
 * Text that is safe to print: what others chose to say is shown so that it can neither move a
 * cursor nor forge a line, whether in a sentence of the story or in a terminal.
 *
 * <p>This room knows the JDK alone.
 */
package io.carousel.orchestrator.text;
