package io.carousel.orchestrator.rules;

import java.util.Optional;

/**
 * What is known of the CRLs of a CA elsewhere.
 *
 * @param url from where they are fetched; empty: they are brought by hand
 * @param newest that was brought or fetched; it is in no bundle
 * @param trouble why the last attempt to fetch brought none
 */
public record ForeignCrls(
    Optional<String> url, Optional<External.RootCrl> newest, Optional<String> trouble) {
  static final ForeignCrls NONE =
      new ForeignCrls(Optional.empty(), Optional.empty(), Optional.empty());

  ForeignCrls followed(Optional<String> from) {
    return new ForeignCrls(from, newest, Optional.empty());
  }

  ForeignCrls with(External.RootCrl next) {
    return new ForeignCrls(url, Optional.of(next), Optional.empty());
  }

  ForeignCrls troubled(Optional<String> why) {
    return new ForeignCrls(url, newest, why);
  }
}
