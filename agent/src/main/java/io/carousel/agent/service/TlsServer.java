package io.carousel.agent.service;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A TLS server as strangers see it.
 *
 * @param address where it serves the certificate
 * @param serverName the name that the handshake asks for; empty: none
 * @param clients whether it verifies its clients by the output's bundle; if not, what it asks them
 *     for says nothing about the output
 * @param startTls what is said before TLS begins
 * @param timeout for a handshake, and for what was told to take effect
 */
public record TlsServer(
    InetSocketAddress address,
    Optional<String> serverName,
    boolean clients,
    StartTls startTls,
    Duration timeout) {

  /** What it does not show yet of what it should; empty if all is as expected. */
  Optional<String> lacking(Expectation expected) {
    try {
      return lacking(Handshake.with(this), expected);
    } catch (IOException e) {
      return Optional.of("there is no handshake with %s: %s".formatted(this, e));
    }
  }

  private Optional<String> lacking(Handshake.Seen seen, Expectation expected) {
    if (expected.certificate().isPresent()
        && !expected.certificate().get().equals(seen.certificate())) {
      return Optional.of(
          "%s shows certificate %x where %x is due"
              .formatted(
                  this,
                  seen.certificate().getSerialNumber(),
                  expected.certificate().get().getSerialNumber()));
    }
    // A server may verify its clients and name no CAs.
    if (clients
        && !expected.trusted().isEmpty()
        && !seen.asksFor().isEmpty()
        && !Set.copyOf(expected.trusted()).equals(Set.copyOf(seen.asksFor()))) {
      return Optional.of(
          "%s takes client certificates of %s where it should of %s"
              .formatted(this, seen.asksFor(), expected.trusted()));
    }
    return Optional.empty();
  }

  /** Whether somebody is there, whatever that speaks. */
  boolean isThere() {
    try {
      Handshake.with(this);
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
    return true;
  }

  @Override
  public String toString() {
    return "%s:%d".formatted(address.getHostString(), address.getPort());
  }
}
