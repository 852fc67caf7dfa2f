/** The table of topics: every setting with its reason. Knows the JDK and {@code events}. */
package io.carousel.events.topics;
