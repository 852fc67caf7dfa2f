package io.carousel.agent;

import io.carousel.events.AuthorityName;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.util.Optional;

/**
 * What a participant remembers over restarts, so that nothing that only grows goes back. What was
 * kept is on disk when the call returns. Thread-safe.
 */
public interface Memory {

  /** Remembers nothing: for participants that live as long as their process. */
  Memory NONE =
      new Memory() {
        @Override
        public Optional<TrustBundle> bundle(AuthorityName authority) {
          return Optional.empty();
        }

        @Override
        public void keep(TrustBundle bundle) {}

        @Override
        public long counter() {
          return 0;
        }

        @Override
        public void keep(long counter) {}

        @Override
        public Trials trials(AuthorityName authority) {
          return Trials.NONE;
        }

        @Override
        public void keep(AuthorityName authority, Trials trials) {}
      };

  /**
   * The newest bundle that was ever accepted from that authority.
   *
   * @throws IOException if there is one that cannot be read
   */
  Optional<TrustBundle> bundle(AuthorityName authority) throws IOException;

  /** Keeps a bundle, before it is put to work. */
  void keep(TrustBundle bundle) throws IOException;

  /**
   * Reads back what was kept, and writes again what is not there any more.
   *
   * @throws IOException if that cannot be done
   */
  default void verify() throws IOException {}

  /** The greatest number that a report of an earlier run had; 0 if there was none. */
  long counter();

  /** Keeps the number of a report, before that is handed in. */
  void keep(long counter) throws IOException;

  /**
   * What canaries have shown of that authority's verifier.
   *
   * @throws IOException if there is something that cannot be read
   */
  Trials trials(AuthorityName authority) throws IOException;

  /** Keeps what they have shown. */
  void keep(AuthorityName authority, Trials trials) throws IOException;
}
