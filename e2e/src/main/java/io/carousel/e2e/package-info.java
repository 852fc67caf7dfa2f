/** The whole system against real peers, and the benchmarks. Knows every room; nobody knows it. */
package io.carousel.e2e;
