/** Participants that reach their house over a network. */
package io.carousel.e2e.listener;
