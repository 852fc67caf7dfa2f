package io.carousel.agent.service;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A TLS server as strangers see it.
 *
 * @param addresses where it serves the certificate
 * @param serverName the name that the handshake asks for; empty: none
 * @param clients whether it verifies its clients by the output's bundle; if not, what it asks them
 *     for says nothing about the output
 * @param startTls what is said before TLS begins
 * @param timeout for a handshake, and for what was told to take effect
 */
public record TlsServer(
    Addresses addresses,
    Optional<String> serverName,
    boolean clients,
    StartTls startTls,
    Duration timeout) {

  /** A look for a report must not keep that waiting for long. */
  private static final Duration LOOK_WITHIN = Duration.ofSeconds(5);

  /** The same for a look that nothing depends on but a report. */
  TlsServer briefly() {
    return new TlsServer(addresses, serverName, clients, startTls, briefly(timeout));
  }

  static Duration briefly(Duration timeout) {
    return timeout.compareTo(LOOK_WITHIN) < 0 ? timeout : LOOK_WITHIN;
  }

  /** What it does not show yet of what it should; empty if all is as expected. */
  Optional<String> lacking(Expectation expected) {
    return look(expected).lacking();
  }

  /** What it shows, at every address where somebody answers. */
  Sight look(Expectation expected) {
    int backends = 0;
    int showing = 0;
    Optional<String> lacking = Optional.empty();
    Optional<String> nobody = Optional.empty();
    try {
      for (InetSocketAddress backend : addresses.resolved()) {
        Optional<String> flaw = Optional.empty();
        try {
          Handshake.Seen seen = Handshake.with(this, backend);
          flaw = unshown(backend, seen, expected);
          showing += flaw.isEmpty() ? 1 : 0;
          flaw = flaw.or(() -> untrusted(backend, seen, expected));
          backends++;
        } catch (ConnectException e) {
          nobody = nobody.or(() -> Optional.of(noHandshake(backend, e)));
        } catch (IOException e) {
          flaw = Optional.of(noHandshake(backend, e));
          backends++;
        }
        lacking = lacking.isPresent() ? lacking : flaw;
      }
    } catch (UnknownHostException e) {
      return Sight.nobody("nobody knows the address of %s".formatted(this));
    }
    return new Sight(backends, showing, backends > 0 ? lacking : nobody);
  }

  private static String noHandshake(InetSocketAddress backend, IOException e) {
    return "there is no handshake with %s: %s".formatted(Addresses.text(backend), e);
  }

  private static Optional<String> unshown(
      InetSocketAddress backend, Handshake.Seen seen, Expectation expected) {
    if (expected.certificate().isEmpty()) {
      return Optional.empty();
    }
    if (!expected.certificate().get().equals(seen.certificate())) {
      return Optional.of(
          "%s shows certificate %x where %x is due"
              .formatted(
                  Addresses.text(backend),
                  seen.certificate().getSerialNumber(),
                  expected.certificate().get().getSerialNumber()));
    }
    return expected.above().stream()
        .filter(ca -> !seen.chain().contains(ca))
        .findFirst()
        .map(ca ->
            "%s shows its certificate without that of %s above it, as 'fullchain.pem' has it"
                .formatted(Addresses.text(backend), ca.getSubjectX500Principal()));
  }

  private Optional<String> untrusted(
      InetSocketAddress backend, Handshake.Seen seen, Expectation expected) {
    // A server may verify its clients and name no CAs.
    if (clients
        && !expected.trusted().isEmpty()
        && !seen.asksFor().isEmpty()
        && !Set.copyOf(expected.trusted()).equals(Set.copyOf(seen.asksFor()))) {
      return Optional.of(
          "%s takes client certificates of %s where it should of %s"
              .formatted(Addresses.text(backend), seen.asksFor(), expected.trusted()));
    }
    return Optional.empty();
  }

  /** Whether somebody is there, whatever that speaks. */
  boolean isThere() {
    try {
      for (InetSocketAddress backend : addresses.resolved()) {
        if (isThere(backend)) {
          return true;
        }
      }
      return false;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private boolean isThere(InetSocketAddress backend) {
    try {
      Handshake.with(this, backend);
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
    return true;
  }

  @Override
  public String toString() {
    return addresses.toString();
  }
}
