package io.carousel.orchestrator.http;

import io.carousel.events.AuthorityName;
import io.carousel.events.ParticipantName;
import io.carousel.events.Serial;
import io.carousel.orchestrator.credential.Names;
import io.carousel.orchestrator.desk.FrontDesk;
import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/**
 * Where participants reach an orchestrator over a network: TLS 1.3, with a certificate of the
 * built-in authority, and each participant known by a credential of the same. Whoever shows none
 * may read what is no secret, enrol by a token, and ask for its first credential, which its
 * identity key signs.
 */
public final class Listener implements AutoCloseable {
  static final String NOTHING_SHOWN =
      "no credential of the authority '%s' was shown; the agent gets one by its identity key first"
          .formatted(AuthorityName.BUILT_IN);

  private static final String OF_BUILT_IN = "/v1/authorities/%s/".formatted(AuthorityName.BUILT_IN);
  private static final Set<String> OPEN =
      Set.of(
          ApiServer.HEALTH,
          ApiServer.LIVE,
          ApiServer.READY,
          OpenApi.PATH,
          FleetEndpoints.HOUSE,
          EnrolmentEndpoints.ENROLMENTS,
          "/v1/credentials",
          OF_BUILT_IN + "bundle");

  private final FrontDesk desk;
  private final String host;
  private final int wantedPort;
  private final ListenerTls tls;
  private final Served served;
  private final Consumer<String> broken;
  private HttpServer server;

  /**
   * One that does not listen yet.
   *
   * @param host the address to listen on
   * @param port 0: any free one
   * @param broken is told why, once it listens no more though nobody has stopped it
   */
  public Listener(FrontDesk desk, String host, int port, Consumer<String> broken) {
    this(desk, host, port, broken, Limits.ofListener());
  }

  Listener(FrontDesk desk, String host, int port, Consumer<String> broken, Limits limits) {
    this.desk = desk;
    this.broken = broken;
    this.host = host;
    this.wantedPort = port;
    this.tls = new ListenerTls(desk::house);
    this.served =
        new Served(routes(desk, limits, this::isStopping), this::admit, desk.refusals(), limits);
  }

  /** What participants and verifiers can call. */
  static List<Endpoint.Route> routes(FrontDesk desk, Limits limits, BooleanSupplier stopping) {
    var longPoll = new LongPoll(limits.polls(), stopping);
    var streams = new BundleStreams(desk, limits.streams(), stopping);
    var routes = new ArrayList<Endpoint.Route>();
    routes.addAll(OpenApi.routes());
    routes.addAll(new FleetEndpoints(desk, longPoll, streams).forParticipants());
    routes.addAll(new EnrolmentEndpoints(desk).forHosts());
    routes.addAll(new PublicationEndpoints(desk, longPoll).routes());
    return routes;
  }

  private boolean isStopping() {
    return served.isStopping();
  }

  /**
   * Shows that from now on; listens once there is something to show. Connections under way go on.
   *
   * @param chain the certificate first, then those above it up to the CA's own, by which agents
   *     that know no more than its digest recognise it
   * @throws CannotServe if the port is taken
   */
  public synchronized void show(List<X509Certificate> chain, PrivateKey key) {
    tls.show(new ListenerTls.Shown(chain, key));
    if (server == null && !served.isStopping()) {
      try {
        server =
            HttpServer.open(
                new HttpServer.Place(host, wantedPort, Optional.of(tls.context())), served, broken);
      } catch (IOException e) {
        throw new CannotServe(
            "participants cannot be served on %s:%d; is the port taken, or the address not of this machine?"
                .formatted(host, wantedPort),
            e);
      }
    }
  }

  /** Where it listens; empty before it has anything to show. */
  public synchronized Optional<Integer> port() {
    return Optional.ofNullable(server).map(HttpServer::port);
  }

  private Peer admit(Request request) {
    Optional<X509Certificate> shown = shown(request);
    if (shown.isPresent()) {
      return new Peer.Participant(participant(shown.get()));
    }
    String path = Request.getPathInContext(request);
    if (OPEN.contains(path) || path.startsWith(Names.OPEN) || ApiServer.isCheck(request)) {
      return new Peer.Stranger();
    }
    throw new BadCall(401, "unauthorised", NOTHING_SHOWN);
  }

  private static Optional<X509Certificate> shown(Request request) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    return Optional.ofNullable(endPoint.getSslSessionData())
        .map(EndPoint.SslSessionData::peerCertificates)
        .filter(chain -> chain.length > 0)
        .map(chain -> chain[0]);
  }

  /** Judged anew at each call: since the handshake trust may have moved, or the fleet. */
  private ParticipantName participant(X509Certificate certificate) {
    try {
      tls.judge(new X509Certificate[] {certificate});
    } catch (CertificateException e) {
      throw new BadCall(
          401,
          "credential-not-trusted",
          "the credential that was shown is not trusted now (%s); show a newer one on a new connection"
              .formatted(e.getMessage()));
    }
    if (isRevoked(certificate)) {
      throw new BadCall(
          401,
          "credential-revoked",
          "the credential that was shown is revoked; the agent gets another by its identity key");
    }
    ParticipantName name = name(certificate);
    if (desk.house().participant(name).isEmpty()) {
      throw new BadCall(
          403,
          "not-enrolled",
          "participant '%s' is not enrolled any more; an operator enrols it again".formatted(name));
    }
    return name;
  }

  private boolean isRevoked(X509Certificate certificate) {
    Serial serial = Serial.of(certificate.getSerialNumber());
    return desk.house()
        .authority(AuthorityName.BUILT_IN)
        .filter(a -> a.isRevoked(serial))
        .isPresent();
  }

  private static ParticipantName name(X509Certificate certificate) {
    try {
      for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (rdn.getType().equalsIgnoreCase("CN")) {
          return new ParticipantName(rdn.getValue().toString());
        }
      }
    } catch (InvalidNameException | IllegalArgumentException e) {
      throw new BadCall(401, "credential-not-trusted", e.getMessage());
    }
    throw new BadCall(401, "credential-not-trusted", "the credential names no participant");
  }

  /** Answers what is under way, and stops listening. */
  @Override
  public synchronized void close() {
    if (server != null && !served.isStopping()) {
      server.stop();
    }
  }
}
