/** The node and the demo as processes of their own. */
package io.carousel.e2e.node;
