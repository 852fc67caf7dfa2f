/**
 * What runs behind an output: how it is told to take up a new set, and how it shows that it has.
 * Knows the JDK alone.
 */
package io.carousel.agent.service;
