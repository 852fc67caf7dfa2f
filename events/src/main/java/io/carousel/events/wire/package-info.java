/**
 * How values look as JSON: hand-chosen, versioned wire names, feature levels, and the upcasting of
 * what older programs wrote. The only package that knows Jackson.
 */
package io.carousel.events.wire;
