/**
 * Who wrote a record, and whether it is as written: one fixed encoding of a record, its hash,
 * batches signed once over a Merkle tree (RFC 9162, section 2.1), and the chain of the log. What an
 * auditor needs to verify a history. Knows the JDK, {@code events}, {@code events.wire} and, for
 * Ed25519 alone, Bouncy Castle.
 */
package io.carousel.events.seal;
