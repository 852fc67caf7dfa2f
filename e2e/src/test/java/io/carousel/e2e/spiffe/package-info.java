/** SVIDs of a real node, as SPIFFE's own library for Java takes them. */
package io.carousel.e2e.spiffe;
