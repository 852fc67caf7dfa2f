package io.carousel.agent.service;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where a service is reached; each name may stand for several addresses, and may move.
 *
 * @param named one at least, as they were configured
 */
public record Addresses(List<InetSocketAddress> named) {
  /** Copies. */
  public Addresses {
    named = List.copyOf(named);
    if (named.isEmpty()) {
      throw new IllegalArgumentException("a service needs an address");
    }
  }

  /** These. */
  public static Addresses of(InetSocketAddress... named) {
    return new Addresses(List.of(named));
  }

  /** Every address that the names stand for now. */
  Set<InetSocketAddress> resolved() throws UnknownHostException {
    var all = new LinkedHashSet<InetSocketAddress>();
    for (InetSocketAddress one : named) {
      for (InetAddress found : InetAddress.getAllByName(one.getHostString())) {
        all.add(new InetSocketAddress(found, one.getPort()));
      }
    }
    return all;
  }

  /** The ports. */
  Set<Integer> ports() {
    return named.stream().map(InetSocketAddress::getPort).collect(Collectors.toUnmodifiableSet());
  }

  /** Whether all of them are of this machine, so that its sockets are the service's. */
  boolean areHere() {
    try {
      for (InetSocketAddress one : resolved()) {
        InetAddress at = one.getAddress();
        if (!at.isAnyLocalAddress() && NetworkInterface.getByInetAddress(at) == null) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static String text(InetSocketAddress one) {
    return "%s:%d".formatted(one.getHostString(), one.getPort());
  }

  @Override
  public String toString() {
    return named.stream().map(Addresses::text).collect(Collectors.joining(", "));
  }
}
