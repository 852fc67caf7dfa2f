package io.carousel.e2e.formats;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.agent.Admission;
import io.carousel.agent.HouseException;
import io.carousel.agent.Identity;
import io.carousel.agent.Material;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.Use;
import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.CertificationRequest;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.tls.ExchangeServer;
import io.carousel.agent.tls.MutualTls;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.Statements;
import io.carousel.events.SubjectName;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import io.carousel.events.openssh.SshCertificate;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.events.openssh.Sshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A participant in several formats: follows the bundle, renews what is due, puts both to work, and
 * only then reports. Whoever uses one of its credentials does so under a lock, so that nobody uses
 * the earlier one any more when the next is reported.
 */
final class Member implements AutoCloseable {
  /** Whom hosts let in, whatever the login of who runs the tests. */
  static final String OPERATOR = "operator";

  private static final Duration POLL = Duration.ofSeconds(1);

  private final Identity identity;
  private final Membership membership;
  private final HttpHouse house;
  private final Published published;
  private final Path folder;
  private final TrustFolder trust;
  private final MutualTls tls = new MutualTls();
  private final Optional<ExchangeServer> server;
  private final ReentrantReadWriteLock inUse = new ReentrantReadWriteLock(true);
  private final Map<Use, Held> held = new ConcurrentHashMap<>();
  private final Set<Format> delayed = ConcurrentHashMap.newKeySet();
  private final Thread thread;

  /** Of sshd; guarded by {@link #inUse}. */
  private Sshd sshd;

  private Optional<Trust> admitted = Optional.empty();
  private Optional<X509Credential> own = Optional.empty();
  private int files;
  private boolean unreported;
  private volatile Optional<TrustBundle> bundle = Optional.empty();
  private volatile Optional<TrustBundle> reported = Optional.empty();
  private volatile String problem = "";
  private volatile boolean closed;

  Member(
      Identity identity, Membership membership, HttpHouse house, Published published, Path parent)
      throws IOException {
    this.identity = identity;
    this.membership = membership;
    this.house = house;
    this.published = published;
    this.folder = Files.createDirectory(parent.resolve(identity.name().value()));
    this.trust = new TrustFolder(folder);
    Files.writeString(folder.resolve("principals"), OPERATOR + "\n");
    this.server =
        membership.has(Role.PRESENTS_SERVER)
            ? Optional.of(ExchangeServer.start(tls))
            : Optional.empty();
    this.thread = Thread.ofPlatform().name(identity.name().value()).start(this::run);
  }

  ParticipantName name() {
    return identity.name();
  }

  TrustFolder trust() {
    return trust;
  }

  MutualTls tls() {
    return tls;
  }

  ExchangeServer server() {
    return server.orElseThrow();
  }

  Sshd sshd() {
    return sshd;
  }

  /** What it presents in that format and profile. */
  Held held(Format format, Profile profile) {
    return held.get(new Use(format, profile));
  }

  /** Everything it presents. */
  List<Held> all() {
    return List.copyOf(held.values());
  }

  Optional<TrustBundle> bundle() {
    return bundle;
  }

  /** What went wrong last, for people. */
  String problem() {
    return problem;
  }

  /** From now on it does not renew credentials of that format, as if it could not. */
  void delay(Format format) {
    delayed.add(format);
  }

  /** It can again. */
  void catchUp() {
    delayed.clear();
  }

  /** Uses its credentials, which stay what they are meanwhile. */
  <T> T using(Function<Member, T> use) {
    inUse.readLock().lock();
    try {
      return use.apply(this);
    } finally {
      inUse.readLock().unlock();
    }
  }

  /** Whether it knows of that phase, presents what the phase asks for, and has said so. */
  boolean isSettledIn(PhaseName phase) {
    return reported.equals(bundle)
        && bundle.filter(b -> b.phase() == phase).isPresent()
        && uses().allMatch(use -> !isDue(use));
  }

  private void run() {
    while (!closed) {
      try {
        step();
        problem = "";
      } catch (HouseException | UnfitMaterial | IOException e) {
        problem = e.toString();
      } catch (InterruptedException | Published.Silenced e) {
        return;
      }
    }
  }

  private void step() throws HouseException, UnfitMaterial, IOException, InterruptedException {
    long after = bundle.map(TrustBundle::sequence).orElse(0L);
    Optional<TrustBundle> news = house.bundle(membership.authority(), after, POLL);
    if (news.isPresent()) {
      follow(news.get());
    } else {
      trust.refresh(published);
    }
    if (bundle.isPresent()) {
      for (Use use : uses().toList()) {
        if (isDue(use) && !delayed.contains(use.format())) {
          renew(use);
        }
      }
      if (unreported) {
        report(bundle.get());
      }
    }
  }

  private Stream<Use> uses() {
    return membership.formats().stream()
        .flatMap(format ->
            membership.profiles(format).stream().map(profile -> new Use(format, profile)));
  }

  private boolean isDue(Use use) {
    Held now = held.get(use);
    return now == null
        || now.generation() != bundle.orElseThrow().generationFor(use.profile())
        || bundle.orElseThrow().trusted().stream()
            .anyMatch(k -> k.outgoing() && k.key().equals(now.issuerKey()));
  }

  private void follow(TrustBundle news) throws UnfitMaterial, IOException, InterruptedException {
    Trust next = Admission.admit(membership.authority(), admitted, news);
    if (next.anchors().isEmpty() || !trust.follows(news, published)) {
      return;
    }
    tls.install(new Material(name(), next, own));
    admitted = Optional.of(next);
    bundle = Optional.of(news);
    unreported = true;
  }

  private void renew(Use use)
      throws HouseException, UnfitMaterial, IOException, InterruptedException {
    KeyPair key = Keys.create();
    CredentialRequest request = request(use, key);
    Credential issued = house.request(request);
    if (issued.bundle() > bundle.orElseThrow().number()) {
      return;
    }
    switch (use.format()) {
      case X509 -> certified(use, key, issued);
      case SSH -> certifiedForSsh(use, key, issued);
      case JWT -> opened(use, key, issued);
    }
    unreported = true;
  }

  private CredentialRequest request(Use use, KeyPair key)
      throws HouseException, InterruptedException {
    Bytes subject =
        switch (use.format()) {
          case X509 -> CertificationRequest.of(name(), key);
          case SSH -> SshPublicKey.of(Keys.spki(key)).blob();
          case JWT -> Keys.spki(key);
        };
    List<SubjectName> names = use.format() == Format.SSH ? principals(use.profile()) : List.of();
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    byte[] statement =
        Statements.credentialRequest(
            house.id(),
            name(),
            membership.authority(),
            use.format(),
            use.profile(),
            subject,
            names,
            now);
    return new CredentialRequest(
        name(),
        membership.authority(),
        use.format(),
        use.profile(),
        subject,
        names,
        now,
        identity.sign(statement));
  }

  /** Hosts of these tests have a dot in their names, and users have none. */
  private List<SubjectName> principals(Profile profile) {
    return membership.names(Format.SSH).stream()
        .filter(n -> (profile == Profile.SERVER) == n.text().contains("."))
        .toList();
  }

  private void certified(Use use, KeyPair key, Credential issued)
      throws UnfitMaterial, IOException, InterruptedException {
    Trust now = admitted.orElseThrow();
    var wanted = new Admission.Wanted(name(), use, key, own);
    var mine = (X509Credential) Admission.admit(wanted, now, issued, Instant.now());
    Path leaf = next("leaf", ".pem");
    Files.writeString(leaf, Keys.pem("CERTIFICATE", issued.content()));
    var next =
        new Held(
            use,
            mine.generation(),
            issued.serial(),
            mine.issuerKey(),
            issued.content(),
            key,
            Optional.of(issued.chain().getFirst()),
            Optional.of(leaf));
    inUse.writeLock().lock();
    try {
      tls.install(new Material(name(), now, Optional.of(mine)));
      own = Optional.of(mine);
      held.put(use, next);
    } finally {
      inUse.writeLock().unlock();
    }
  }

  private void certifiedForSsh(Use use, KeyPair key, Credential issued)
      throws IOException, InterruptedException {
    SshCertificate certificate = SshCertificate.read(issued.content());
    Path file = Keys.write(next("ssh", ""), key);
    var next =
        new Held(
            use,
            issued.generation(),
            issued.serial(),
            certificate.content().signatureKey().spki().digest(),
            issued.content(),
            key,
            Optional.empty(),
            Optional.of(file));
    Files.writeString(next.certificateFile(), certificate.line(name().value()) + "\n");
    inUse.writeLock().lock();
    try {
      if (use.profile() == Profile.SERVER) {
        serve(next);
      }
      held.put(use, next);
    } finally {
      inUse.writeLock().unlock();
    }
  }

  /** An sshd reads its own key and certificate when it starts. */
  private void serve(Held host) throws IOException, InterruptedException {
    if (sshd != null) {
      sshd.close();
    }
    Keys.write(folder.resolve("host"), host.key());
    Files.copy(
        host.certificateFile(),
        folder.resolve("host-cert.pub"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    sshd = Sshd.start(folder);
  }

  private void opened(Use use, KeyPair key, Credential issued) {
    Bytes token = Tokens.opened(issued.content(), key);
    String id = Tokens.keyId(token);
    Digest issuer =
        bundle.orElseThrow().trusted(Format.JWT).stream()
            .filter(k -> Tokens.keyIdOf(k.publicKey()).equals(id))
            .map(TrustedKey::key)
            .findFirst()
            .orElseThrow(() -> new AssertionError("the bundle has no key " + id));
    var next =
        new Held(
            use,
            issued.generation(),
            issued.serial(),
            issuer,
            token,
            key,
            Optional.empty(),
            Optional.empty());
    inUse.writeLock().lock();
    try {
      held.put(use, next);
    } finally {
      inUse.writeLock().unlock();
    }
  }

  private Path next(String name, String ending) {
    files++;
    return folder.resolve("%s-%d%s".formatted(name, files, ending));
  }

  private void report(TrustBundle on) throws HouseException, InterruptedException {
    long counter = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    List<Digest> trusts =
        on.trusted().stream()
            .filter(k -> membership.formats().contains(k.format()))
            .map(TrustedKey::key)
            .toList();
    List<Report.Presented> presents =
        held.values().stream().map(h -> presented(h, counter, on)).toList();
    byte[] statement =
        Statements.report(
            id(),
            name(),
            counter,
            membership.authority(),
            on.number(),
            on.challenge(),
            trusts,
            presents,
            List.of(),
            Optional.empty(),
            Optional.empty());
    house.report(
        new Report(
            name(),
            counter,
            membership.authority(),
            on.number(),
            on.challenge(),
            trusts,
            presents,
            identity.sign(statement)));
    unreported = false;
    reported = Optional.of(on);
  }

  private io.carousel.events.HouseId id() throws HouseException, InterruptedException {
    return house.id();
  }

  private Report.Presented presented(Held h, long counter, TrustBundle on) {
    Use use = h.use();
    Bytes possession =
        use.format() == Format.JWT
            ? Bytes.of(Digest.of(h.token().getBytes(US_ASCII)).bytes())
            : Keys.sign(h.key(), possession(h, counter, on));
    return new Report.Presented(use.format(), use.profile(), h.serial(), h.issuerKey(), possession);
  }

  private byte[] possession(Held h, long counter, TrustBundle on) {
    try {
      return Statements.possessionOfCredential(
          id(),
          name(),
          counter,
          membership.authority(),
          on.challenge(),
          h.use().format(),
          h.use().profile(),
          h.serial());
    } catch (HouseException e) {
      throw new AssertionError("the id of a house is asked for once", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Published.Silenced();
    }
  }

  /** It follows and renews no more; what is at work stays so. */
  void fallSilent() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join(Duration.ofSeconds(20));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    fallSilent();
    server.ifPresent(ExchangeServer::close);
    if (sshd != null) {
      sshd.close();
    }
  }
}
