package io.carousel.orchestrator.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Whose share of a bound a call or a connection takes.
 *
 * @param name of a participant, or the address of whoever has shown nothing
 */
record CallerKey(Kind kind, String name) {
  /** Each kind has a bound of its own, so that none can take the places of another. */
  enum Kind {
    OPERATOR,
    PARTICIPANT,
    ANONYMOUS
  }

  private static final CallerKey OPERATOR = new CallerKey(Kind.OPERATOR, "");

  /** The part of an IPv6 address that one network has to itself (RFC 4291, section 2.5.1). */
  private static final int PREFIX_BYTES = 8;

  static CallerKey of(Peer peer, SocketAddress from) {
    return switch (peer) {
      case Peer.Local _ -> OPERATOR;
      case Peer.Participant(var name) -> new CallerKey(Kind.PARTICIPANT, name.value());
      case Peer.Stranger _ -> anonymous(from);
    };
  }

  /** Whoever has shown nothing is known by its address, in IPv6 by its network. */
  static CallerKey anonymous(SocketAddress from) {
    return new CallerKey(Kind.ANONYMOUS, network(from));
  }

  private static String network(SocketAddress from) {
    if (!(from instanceof InetSocketAddress inet) || inet.getAddress() == null) {
      return "unknown";
    }
    InetAddress address = inet.getAddress();
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), PREFIX_BYTES)) + "::/64"
        : address.getHostAddress();
  }
}
