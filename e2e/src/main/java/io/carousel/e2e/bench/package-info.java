/**
 * Benchmarks. Each compares what it measures with what the part below could do at best, measured in
 * the same run on the same machine, and says which machine that was.
 */
package io.carousel.e2e.bench;
