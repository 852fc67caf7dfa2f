/**
 * Files that survive a crash: sets that are switched as one, and what the agent remembers. Knows
 * the agent's core, the contract and its JSON.
 */
package io.carousel.agent.disk;
