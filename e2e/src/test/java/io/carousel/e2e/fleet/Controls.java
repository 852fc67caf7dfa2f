package io.carousel.e2e.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.certificate.Pem;
import io.carousel.e2e.node.Cli;
import io.carousel.orchestrator.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What must fail: a count of failed exchanges that cannot rise would say nothing. */
final class Controls {
  /** What a client hears whose credential was refused, and not of anything else that went wrong. */
  private static final String REFUSED =
      "(?is).*(alert|400 the ssl certificate error|permission denied|connection reset|broken pipe).*";

  private final FiveServers fleet;
  private final int generation;

  /**
   * Controls in standby.
   *
   * @param generation the one in use
   */
  Controls(FiveServers fleet, int generation) {
    this.fleet = fleet;
    this.generation = generation;
  }

  /** As soon as the status says that nobody trusts it any more, and not before. */
  void whatIsRemovedWorksNoMore(Map<Kind, Path> old) throws Exception {
    await()
        .atMost(FiveServers.PATIENCE)
        .untilAsserted(
            () -> assertThat(fleet.status().distrust()).as("%s", fleet.said()).isEmpty());
    for (Kind kind : Kind.values()) {
      Path set = fleet.trusting(kind, old.get(kind));
      refused(fleet.exchange(kind), set, fleet.password(kind), kind + " after its CA's removal");
    }
  }

  /** They could be resumed as long as their clients' CA was trusted. */
  void noSessionOutlivesTrust(Map<Kind, Session> sessions) throws Exception {
    assertThat(sessions).containsOnlyKeys(Session.KINDS);
    for (Map.Entry<Kind, Session> session : sessions.entrySet()) {
      assertThat(session.getValue().resumes()).as("a session with %s", session.getKey()).isFalse();
    }
  }

  /** Those that stand on are ended by and by, and then nobody is named for them any more. */
  void noConnectionOutlivesTrustForLong(Map<Kind, Held> held) {
    assertThat(held).containsOnlyKeys(Held.KINDS);
    await()
        .atMost(FiveServers.PATIENCE)
        .untilAsserted(
            () -> assertThat(held.values()).as("%s", fleet.said()).noneMatch(Held::stands));
    await()
        .atMost(FiveServers.PATIENCE)
        .until(() -> fleet.status().earlierConnections().participants() == 0);
  }

  private static void refused(Exchange exchange, Path set, String password, String what) {
    assertThatThrownBy(() -> exchange.make(set, password), what)
        .isInstanceOf(Exchange.Failed.class)
        .hasMessageMatching(REFUSED);
  }

  /** What all of this is to prevent: it would have been counted. */
  void oneThatRemovesTooEarlyRefuses() throws Exception {
    fleet.begin();
    Host server = fleet.server(Kind.NGINX);
    await()
        .atMost(FiveServers.PATIENCE)
        .untilAsserted(() -> assertThat(bundle(server.set())).as(server.said()).hasSize(2));
    Path early = fleet.copy(server.set(), "nginx-1-early");
    assertThat(exchangeWith(early, "in-time").client()).isEqualTo(generation);
    X509Certificate shown =
        certificates(fleet.client(Kind.NGINX).set().resolve("cert.pem")).getFirst();
    Files.write(
        early.resolve("bundle.pem"),
        Pem.certificates(bundle(early).stream().filter(ca -> !signed(ca, shown)).toList())
            .toArray());
    assertThat(bundle(early)).hasSize(1);
    assertThatThrownBy(() -> exchangeWith(early, "too-early"), "nginx that removed too early")
        .isInstanceOf(Exchange.Failed.class)
        .hasMessageMatching(REFUSED);
  }

  private static List<X509Certificate> bundle(Path set) throws Exception {
    return certificates(set.resolve("bundle.pem"));
  }

  private static List<X509Certificate> certificates(Path pem) throws Exception {
    try (var in = Files.newInputStream(pem)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    }
  }

  private static boolean signed(X509Certificate ca, X509Certificate shown) {
    try {
      shown.verify(ca.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** With an nginx of its own that goes by those files. */
  private Exchange.Made exchangeWith(Path set, String name) throws Exception {
    try (Backend server =
        Backend.of(Kind.NGINX, Files.createDirectory(fleet.folder().resolve(name)))) {
      server.configure(set);
      server.start(set, "");
      return fleet.exchange(Kind.NGINX, server.port()).make(fleet.client(Kind.NGINX).set(), "");
    }
  }

  void whoIsRevokedIsLetInNoMore() throws Exception {
    anotherIsStillLetIn();
    Map<Kind, Path> revoked = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      revoked.put(kind, fleet.copy(fleet.client(kind).set(), kind.client() + "-revoked"));
      if (kind != Kind.NGINX) {
        fleet.made(kind);
        revoke(kind.client());
      }
    }
    for (Kind kind : Kind.values()) {
      await()
          .atMost(FiveServers.PATIENCE)
          .untilAsserted(() ->
              refused(
                  fleet.exchange(kind),
                  revoked.get(kind),
                  fleet.password(kind),
                  kind + " with a revoked credential"));
    }
  }

  /** A node that was just killed may answer late; whether it is done shows in what follows. */
  private void revoke(String name) {
    Cli.Ran ran =
        fleet
            .cli()
            .run(
                "authority",
                "revoke",
                FiveServers.AUTHORITY,
                "--participant=" + name,
                "--reason=stolen",
                "--break=" + name);
    assertThat(ran.status()).as(ran.err()).isIn(ExitCode.OK, ExitCode.UNKNOWN);
  }

  /** What is refused is the credential, not everybody. */
  private void anotherIsStillLetIn() throws Exception {
    revoke("curl-1");
    Path revoked = fleet.client(Kind.NGINX).set();
    await()
        .atMost(FiveServers.PATIENCE)
        .untilAsserted(() ->
            refused(fleet.exchange(Kind.NGINX), revoked, "", "nginx with a revoked credential"));
    Path other = fleet.client(Kind.HAPROXY).set();
    assertThat(fleet.exchange(Kind.NGINX).make(other, "").client()).isEqualTo(generation);
  }

  void strangersAreLetInNowhere() throws Exception {
    for (Kind kind : List.of(Kind.NGINX, Kind.HAPROXY, Kind.POSTGRESQL)) {
      Path set = fleet.copy(fleet.client(kind).set(), kind.client() + "-stranger");
      SelfSigned.make(set.resolve("key.pem"), set.resolve("fullchain.pem"), kind.client());
      Files.copy(
          set.resolve("fullchain.pem"),
          set.resolve("cert.pem"),
          StandardCopyOption.REPLACE_EXISTING);
      refused(fleet.exchange(kind), set, "", kind + " with a certificate by an unknown CA");
    }
  }
}
