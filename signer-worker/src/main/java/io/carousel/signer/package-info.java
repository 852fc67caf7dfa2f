/**
 * The signer worker as a process: bound to one HSM slot, it consumes signing commands, checks,
 * rehearses, signs, and emits the results. Start reading at {@link io.carousel.signer.Assignment}.
 *
 * <p>Wires its rooms together and may touch all of them, but none of the libraries behind them.
 *
 * <pre>
 *   config ──────────────┐
 *   kafka ─→ work ─→ token (PKCS#11 behind it)
 *     │       ├────→ certificate
 *     └───────┴────→ trust
 * </pre>
 */
package io.carousel.signer;
