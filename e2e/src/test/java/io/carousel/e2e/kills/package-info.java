/** A node whose processes are killed at random, and what must not come of it. */
package io.carousel.e2e.kills;
