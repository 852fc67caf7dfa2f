/**
 * What the HTTP API takes and gives to operators, as JSON documents: made by {@code http}, read by
 * {@code cli}, described in {@code docs/http-api.md}. Fields are added, never renamed or given
 * another meaning.
 *
 * <p>This room knows the JDK and {@code events}.
 */
package io.carousel.orchestrator.documents;
