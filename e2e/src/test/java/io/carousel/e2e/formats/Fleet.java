package io.carousel.e2e.formats;

import io.carousel.agent.Use;
import io.carousel.agent.tls.ExchangeClient;
import io.carousel.agent.tls.Exchanges;
import io.carousel.agent.tls.Outcome;
import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import io.carousel.events.openssh.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Who presents and verifies without pause, each format on a thread of its own. */
final class Fleet implements AutoCloseable {
  static final String TLS = "TLS 1.3, mutual, in the JVM";
  static final String SSH = "ssh into sshd";
  static final String JWT = "Nimbus, by the JWKS";
  static final String CRL = "openssl crl";
  static final String AUDIENCE = "billing";

  private final HouseId house;
  private final Published published;
  private final Counts counts;
  private final List<Member> clients;
  private final List<Member> servers;
  private final Exchanges exchanges = new Exchanges();
  private final Set<ParticipantName> gone = ConcurrentHashMap.newKeySet();
  private final CountDownLatch silence = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final Tokens.Verifier tokens;
  private final Path scratch;

  /** Held while a round of the load runs. */
  private final ReadWriteLock rounds = new ReentrantReadWriteLock();

  Fleet(
      HouseId house,
      Published published,
      Counts counts,
      List<Member> clients,
      List<Member> servers,
      Path scratch) {
    this.house = house;
    this.published = published;
    this.counts = counts;
    this.clients = clients;
    this.servers = servers;
    this.scratch = scratch;
    this.tokens = new Tokens.Verifier(published, AUDIENCE);
  }

  /** Everybody once. */
  List<Member> members() {
    var all = new ArrayList<>(clients);
    servers.stream().filter(s -> !clients.contains(s)).forEach(all::add);
    return all;
  }

  /** The load begins. */
  void start() {
    loop(TLS, this::handshakes, 100);
    loop("X.509", this::certificates, 100);
    loop(SSH, this::logins, 1);
    loop(JWT, this::tokens, 50);
    loop(CRL, this::lists, 400);
  }

  private void loop(String name, Runnable round, long pauseMillis) {
    threads.add(
        Thread.ofPlatform()
            .name(name)
            .start(() -> {
              try {
                while (!silence.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                  rounds.readLock().lock();
                  try {
                    round.run();
                  } finally {
                    rounds.readLock().unlock();
                  }
                }
              } catch (InterruptedException e) {
                counts.count(name, "the load", Optional.of("was interrupted"));
              } catch (RuntimeException | Error e) {
                counts.count(name, "the load", Optional.of("stopped: " + e));
              }
            }));
  }

  /**
   * That member presents nothing any more that others should accept; what it was about to present
   * has been judged when this returns.
   */
  void leave(Member member) {
    rounds.writeLock().lock();
    try {
      gone.add(member.name());
    } finally {
      rounds.writeLock().unlock();
    }
  }

  private List<Member> present(List<Member> all) {
    return all.stream().filter(m -> !gone.contains(m.name())).toList();
  }

  private void handshakes() {
    for (Member client : present(clients)) {
      for (Member server : servers) {
        if (client != server) {
          handshake(client, server);
        }
      }
    }
  }

  private void handshake(Member client, Member server) {
    try {
      Outcome outcome =
          new ExchangeClient(client.tls(), exchanges)
              .exchange(server.name(), server.server().address());
      switch (outcome) {
        case Outcome.Succeeded s -> {
          counts.sawTls(s.clientGeneration(), s.serverGeneration());
          counts.count(TLS, client.name().value(), Optional.empty());
        }
        case Outcome.Failed f ->
            counts.count(TLS, client.name().value(), Optional.of(f.cause() + ": " + f.why()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Published.Silenced();
    }
  }

  private void certificates() {
    for (Member member : present(members())) {
      Member verifier = member == servers.getFirst() ? clients.getFirst() : servers.getFirst();
      for (CertificateJudge judge : CertificateJudge.values()) {
        member.using(m -> {
          Held leaf = x509(m);
          counts.count(
              judge.toString(), member.name().value(), judge.refusal(leaf, verifier.trust()));
          return leaf;
        });
      }
    }
  }

  /** Its certificate, which there is one of. */
  static Held x509(Member member) {
    return member.all().stream()
        .filter(h -> h.use().format() == Format.X509)
        .findFirst()
        .orElseThrow();
  }

  private void logins() {
    for (Member client : present(clients)) {
      for (Member host : servers) {
        Optional<String> refusal =
            client.using(c -> login(c.held(Format.SSH, Profile.CLIENT), c.trust(), host));
        counts.count(SSH, client.name() + " at " + host.name(), refusal);
      }
    }
  }

  /** Why a login fails; empty if it does not. */
  static Optional<String> login(Held user, TrustFolder trust, Member host) {
    return host.using(h -> {
      Tool.Said said = Tool.run(command(user, trust, h));
      // Whatever the login shell of this machine says before.
      return said.well() && said.text().endsWith("welcome\n")
          ? Optional.empty()
          : Optional.of(said.text());
    });
  }

  private static List<String> command(Held user, TrustFolder trust, Member host) {
    var command = new ArrayList<>(List.of("ssh", "-F", "none", "-i"));
    command.add(user.files().orElseThrow().toString());
    command.addAll(List.of("-p", String.valueOf(host.sshd().port())));
    for (String option :
        List.of(
            "CertificateFile=" + user.certificateFile(),
            "UserKnownHostsFile=" + trust.knownHosts(),
            "RevokedHostKeys=" + trust.krl(),
            "HostKeyAlias=" + host.name() + ".example",
            "GlobalKnownHostsFile=/dev/null",
            "StrictHostKeyChecking=yes",
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "UpdateHostKeys=no",
            "LogLevel=ERROR")) {
      command.addAll(List.of("-o", option));
    }
    command.addAll(List.of("127.0.0.1", "echo", "welcome"));
    return command;
  }

  private void tokens() {
    for (Member client : present(clients)) {
      if (client.held(Format.JWT, Profile.CLIENT) != null) {
        Optional<String> refusal =
            client.using(c -> refusal(c.held(Format.JWT, Profile.CLIENT), client));
        counts.count(JWT, client.name().value(), refusal);
      }
    }
  }

  /** Why the verifier of tokens refuses one; empty if it does not. */
  Optional<String> refusal(Held token, Member bearer) {
    return refusal(tokens, token, bearer);
  }

  Optional<String> refusal(Tokens.Verifier verifier, Held token, Member bearer) {
    String issuer = "carousel:%s/all".formatted(house);
    return verifier.refusal(token.token(), issuer, issuer + "/" + bearer.name());
  }

  /** Every list that a trusted key has published, each by itself. */
  private void lists() {
    Member verifier = clients.getFirst();
    TrustBundle bundle = verifier.bundle().orElseThrow();
    for (TrustedKey ca : bundle.trusted(Format.X509)) {
      byte[] crl = published.get("crls/%d/%s".formatted(ca.generation(), ca.slot().orElseThrow()));
      counts.count(
          CRL,
          "%d on %s".formatted(ca.generation(), ca.slot().orElseThrow()),
          refusal(crl, ca.certificate()));
    }
  }

  /** Why openssl refuses a list under that CA certificate; empty if it does not. */
  Optional<String> refusal(byte[] crl, Optional<Bytes> ca) {
    try {
      Path list = Files.write(Files.createTempFile(scratch, "list", ".crl"), crl);
      Path issuer = Files.createTempFile(scratch, "issuer", ".pem");
      Files.writeString(issuer, Keys.pem("CERTIFICATE", ca.orElseThrow()));
      Tool.Said said =
          Tool.run(
              List.of(
                  "openssl",
                  "crl",
                  "-inform",
                  "DER",
                  "-in",
                  list.toString(),
                  "-noout",
                  "-text",
                  "-verify",
                  "-CAfile",
                  issuer.toString()));
      Files.delete(list);
      Files.delete(issuer);
      return said.well() && said.text().contains("verify OK")
          ? Optional.empty()
          : Optional.of(said.text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the load; what is under way is finished and counted. */
  void fallSilent() throws InterruptedException {
    silence.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Whether it presents in that use by the generation that is due. */
  static boolean presents(Member member, Use use, int generation) {
    Held held = member.held(use.format(), use.profile());
    return held != null && held.generation() == generation;
  }

  @Override
  public void close() throws InterruptedException, IOException {
    fallSilent();
    for (Member member : members()) {
      member.close();
    }
  }
}
