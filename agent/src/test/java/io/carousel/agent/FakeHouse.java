package io.carousel.agent;

import io.carousel.agent.certificate.Certificates;
import io.carousel.agent.certificate.SoftwareCa;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Canary;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Digest;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.Statements;
import io.carousel.events.TrustBundle;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.EnrolmentToken;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A house with one authority, two slots and its keys in memory. It checks what participants sign as
 * the real one does, and moves from phase to phase when told; {@link #gateHolds} says whether the
 * real one would.
 */
public final class FakeHouse implements House, Published {
  public static final AuthorityName AUTHORITY = new AuthorityName("db");
  private static final HouseId ID = new HouseId("0123456789abcdef".repeat(2));
  private static final List<SlotName> SLOTS = List.of(new SlotName("hsm-a"), new SlotName("hsm-b"));

  private final InstantSource clock;
  private final Duration lifetime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private final Map<ParticipantName, Member> members = new HashMap<>();
  private final Map<ParticipantName, Report> reports = new HashMap<>();
  private final Map<Serial, X509Certificate> issued = new HashMap<>();
  private final List<SoftwareCa> cas = new ArrayList<>();
  private final List<Credential> credentials = new ArrayList<>();

  private List<SlotName> signing = SLOTS;
  private int latestGeneration;
  private int retiring;
  private TrustBundle bundle;
  private Optional<Integer> misissue = Optional.empty();
  private boolean canaries = true;
  private final Map<Serial, Integer> revoked = new HashMap<>();
  private boolean withheld;
  private int canariesIssued;
  private long polls;
  private int crlNumber = 1;

  private final Map<EnrolmentTokenId, Opened> tokens = new HashMap<>();

  private record Opened(Bytes publicKey, Membership membership) {}

  private record Member(Bytes identity, Membership membership) {}

  /** With credentials that live for an hour. */
  public FakeHouse() {
    this(InstantSource.system(), Duration.ofHours(1));
  }

  /** With a clock and a lifetime of credentials. */
  public FakeHouse(InstantSource clock, Duration lifetime) {
    this.clock = clock;
    this.lifetime = lifetime;
    makeKeys(1);
    this.bundle =
        new TrustBundle(
            AUTHORITY, 1, 10, PhaseName.STANDBY, 10, challenge(10), 1, 1, trusted(Set.of(1)));
    this.retiring = 1;
  }

  private void makeKeys(int generation) {
    SLOTS.forEach(slot -> cas.add(new SoftwareCa(AUTHORITY, generation, slot)));
    latestGeneration = generation;
  }

  private static Digest challenge(long sequence) {
    return Digest.of(("event " + sequence).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private List<TrustBundle.TrustedKey> trusted(Set<Integer> generations) {
    return cas.stream()
        .filter(ca -> generations.contains(ca.generation()))
        .map(SoftwareCa::trusted)
        .toList();
  }

  public void enrol(Identity identity, Membership membership) {
    locked(() -> members.put(identity.name(), new Member(identity.publicKey(), membership)));
  }

  /** Init: both are trusted, the old generation signs. */
  public void start() {
    retiring = bundle().clientGeneration();
    locked(() -> {
      makeKeys(latestGeneration + 1);
      return null;
    });
    enter(PhaseName.INIT, retiring, retiring, Set.of(retiring, latestGeneration));
  }

  public void updateClients() {
    enter(PhaseName.UPDATE_CLIENTS, latestGeneration, retiring, both());
  }

  public void updateServers() {
    enter(PhaseName.UPDATE_SERVERS, latestGeneration, latestGeneration, both());
  }

  public void complete() {
    enter(PhaseName.STANDBY, latestGeneration, latestGeneration, Set.of(latestGeneration));
  }

  public void rollBack() {
    enter(PhaseName.ROLLBACK, retiring, retiring, both());
  }

  public void rolledBack() {
    enter(PhaseName.STANDBY, retiring, retiring, Set.of(retiring));
  }

  private Set<Integer> both() {
    return Set.of(retiring, latestGeneration);
  }

  private void enter(PhaseName phase, int clients, int servers, Set<Integer> generations) {
    locked(() -> {
      List<TrustBundle.TrustedKey> trusted = trusted(generations);
      long sequence = bundle.sequence() + 1;
      bundle =
          new TrustBundle(
              AUTHORITY,
              trusted.equals(bundle.trusted()) ? bundle.number() : bundle.number() + 1,
              sequence,
              phase,
              sequence,
              challenge(sequence),
              clients,
              servers,
              trusted);
      changed.signalAll();
      return null;
    });
  }

  /**
   * What those slots have signed is to be replaced by what the others sign. As in the real house
   * the number of the bundle stays, and nothing that was reported is void.
   *
   * @param replaced whether the others sign in their place already
   */
  public void outgoing(boolean replaced, SlotName... slots) {
    locked(() -> {
      List<SlotName> all = List.of(slots);
      signing = replaced ? SLOTS.stream().filter(s -> !all.contains(s)).toList() : SLOTS;
      bundle =
          new TrustBundle(
              AUTHORITY,
              bundle.number(),
              bundle.sequence() + 1,
              bundle.phase(),
              bundle.phaseSequence(),
              bundle.challenge(),
              bundle.clientGeneration(),
              bundle.serverGeneration(),
              bundle.trusted().stream()
                  .map(k -> marked(k, all.contains(k.slot().orElseThrow())))
                  .toList());
      changed.signalAll();
      return null;
    });
  }

  private static TrustBundle.TrustedKey marked(TrustBundle.TrustedKey k, boolean outgoing) {
    return new TrustBundle.TrustedKey(
        k.generation(), k.slot(), k.format(), k.publicKey(), k.certificate(), k.key(), outgoing);
  }

  /** The slot whose key signed what that member last reported. */
  public Optional<SlotName> slotShownBy(ParticipantName name) {
    return locked(() ->
        Optional.ofNullable(reports.get(name)).stream()
            .flatMap(r -> r.presents().stream())
            .flatMap(
                shown -> bundle.trusted().stream().filter(k -> k.key().equals(shown.issuerKey())))
            .flatMap(k -> k.slot().stream())
            .findFirst());
  }

  /** Puts any bundle in force, however wrong. */
  public void force(TrustBundle wrong) {
    locked(() -> {
      bundle = wrong;
      changed.signalAll();
      return null;
    });
  }

  /** Issues by that generation from now on, whatever is due; empty: as is due. */
  public void misissue(Optional<Integer> generation) {
    locked(() -> misissue = generation);
  }

  /** Whether every member has reported that it is where the phase wants it. */
  public boolean gateHolds() {
    return locked(() ->
        members.entrySet().stream()
            .allMatch(member ->
                FakeGate.holds(
                    bundle,
                    member.getValue().membership(),
                    Optional.ofNullable(reports.get(member.getKey())))));
  }

  public TrustBundle bundle() {
    return locked(() -> bundle);
  }

  /** The CAs of one generation. */
  public List<SoftwareCa> cas(int generation) {
    return locked(() -> cas.stream().filter(ca -> ca.generation() == generation).toList());
  }

  public int credentialsIssued() {
    return locked(credentials::size);
  }

  public long polls() {
    return locked(() -> polls);
  }

  public Optional<Report> lastReport(ParticipantName name) {
    return locked(() -> Optional.ofNullable(reports.get(name)));
  }

  @Override
  public HouseId id() {
    return ID;
  }

  /** Whoever holds that token may enrol to do that. */
  public void open(EnrolmentToken token, Membership membership) {
    locked(() -> tokens.put(token.id(), new Opened(token.publicKey(), membership)));
  }

  @Override
  public Enrolled enrol(EnrolmentRequest request) throws HouseException {
    lock.lock();
    try {
      Opened opened = tokens.get(request.token());
      byte[] statement = request.statement(ID);
      if (opened == null
          || !Authorship.verifies(opened.publicKey(), statement, request.tokenSignature().toArray())
          || !Authorship.verifies(
              request.identityKey(), statement, request.identitySignature().toArray())) {
        throw new HouseException.Refused("not-signed", "no such token has signed that", "");
      }
      members.put(request.participant(), new Member(request.identityKey(), opened.membership()));
      return new Enrolled(request.participant(), List.of(opened.membership()));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<TrustBundle> bundle(AuthorityName authority, long newerThan, Duration wait)
      throws HouseException, InterruptedException {
    if (!authority.equals(AUTHORITY)) {
      throw refused("unknown-authority", "there is no authority '%s'".formatted(authority));
    }
    long left = wait.toNanos();
    lock.lockInterruptibly();
    try {
      polls++;
      while (bundle.sequence() <= newerThan && left > 0) {
        left = changed.awaitNanos(left);
      }
      return Optional.of(bundle).filter(b -> b.sequence() > newerThan);
    } finally {
      lock.unlock();
    }
  }

  /** Of every CA in the bundle. */
  @Override
  public byte[] companion(AuthorityName authority, Format format) {
    return locked(() -> {
      var text = new StringBuilder();
      for (TrustBundle.TrustedKey key : bundle.trusted()) {
        cas.stream()
            .filter(ca -> ca.trusted().key().equals(key.key()))
            .forEach(ca -> text.append(ca.crl(crlNumber, Map.copyOf(revoked))));
      }
      return text.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    });
  }

  /**
   * From now on its CRLs list that.
   *
   * @param reason of RFC 5280, section 5.3.1; after 1, key compromise, it issues no other
   */
  public void revoke(Serial serial, int reason) {
    locked(() -> {
      revoked.put(serial, reason);
      withheld = reason == 1;
      return ++crlNumber;
    });
  }

  /** Issues again, whatever was revoked. */
  public void readmit() {
    locked(() -> withheld = false);
  }

  /** All CRLs are made anew. */
  public void renewCrls() {
    locked(() -> ++crlNumber);
  }

  private static HouseException.Refused refused(String code, String message) {
    return new HouseException.Refused(code, message, "look at the test");
  }

  @Override
  public Credential request(CredentialRequest request) throws HouseException {
    lock.lock();
    try {
      Member member = member(request.participant());
      byte[] statement =
          Statements.credentialRequest(
              ID,
              request.participant(),
              request.authority(),
              request.format(),
              request.profile(),
              request.subject(),
              request.names(),
              request.at());
      if (!Authorship.verifies(member.identity(), statement, request.signature().toArray())) {
        throw refused("forged", "the request is not signed by its participant");
      }
      if (request.profile().isCanary()) {
        return canary(member, request);
      }
      if (!member.membership().profiles(request.format()).contains(request.profile())) {
        throw refused("wrong-role", "it does not present that");
      }
      if (request.format() != Format.X509) {
        throw refused("wrong-format", "this house of tests issues certificates alone");
      }
      if (withheld) {
        throw refused("credential-compromised", "credentials are withheld from it");
      }
      return issue(request);
    } catch (IllegalArgumentException e) {
      throw refused("bad-request", e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  private Credential canary(Member member, CredentialRequest request) throws HouseException {
    boolean rotating = bundle.trusted().stream().anyMatch(k -> k.generation() != retiring);
    if (bundle.phase() == PhaseName.STANDBY || bundle.phase() == PhaseName.ROLLBACK || !rotating) {
      throw refused("no-canary", "there is nothing to be tried");
    }
    if (!member.membership().canaries().contains(request.profile())) {
      throw refused("wrong-profile", "it does not verify that");
    }
    if (!canaries) {
      throw refused("profile-not-allowed", "the worker signs no canaries");
    }
    canariesIssued++;
    var key = SoftwareCa.requested(request.subject(), request.participant());
    Instant from = clock.instant().minusSeconds(60);
    return cas(latestGeneration)
        .getFirst()
        .issue(
            new ParticipantName(Canary.NAME),
            request.profile(),
            key,
            from,
            from.plusSeconds(360),
            bundle.number());
  }

  /** Whether canaries are signed from here on. */
  public void canaries(boolean signed) {
    locked(() -> canaries = signed);
  }

  /** How many canaries it has issued. */
  public int canariesIssued() {
    return locked(() -> canariesIssued);
  }

  private Credential issue(CredentialRequest request) {
    var key = SoftwareCa.requested(request.subject(), request.participant());
    int generation = misissue.orElse(bundle.generationFor(request.profile()));
    List<SoftwareCa> able =
        cas(generation).stream()
            .filter(ca -> signing.contains(ca.trusted().slot().orElseThrow()))
            .toList();
    SoftwareCa ca = able.get(credentials.size() % able.size());
    Instant now = clock.instant();
    Instant from = now.minusSeconds(60);
    Credential credential =
        ca.issue(
            request.participant(),
            request.profile(),
            key,
            from,
            from.plus(lifetime),
            bundle.number());
    credentials.add(credential);
    try {
      issued.put(credential.serial(), Certificates.read(credential.content()));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    return credential;
  }

  @Override
  public void report(Report report) throws HouseException {
    lock.lock();
    try {
      Member member = member(report.participant());
      byte[] statement =
          Statements.report(
              ID,
              report.participant(),
              report.counter(),
              report.authority(),
              report.bundle(),
              report.challenge(),
              report.trusts(),
              report.presents(),
              report.tried(),
              report.trouble(),
              report.earlierConnections());
      if (!Authorship.verifies(member.identity(), statement, report.signature().toArray())) {
        throw refused("forged", "the report is not signed by its participant");
      }
      for (Report.Presented shown : report.presents()) {
        checkPossession(report, shown);
      }
      Report before = reports.get(report.participant());
      if (before != null && before.counter() >= report.counter()) {
        throw refused(
            "old-report", "report %d after %d".formatted(report.counter(), before.counter()));
      }
      reports.put(report.participant(), report);
    } finally {
      lock.unlock();
    }
  }

  private void checkPossession(Report report, Report.Presented shown) throws HouseException {
    X509Certificate certificate = issued.get(shown.serial());
    byte[] statement =
        Statements.possessionOfCredential(
            ID,
            report.participant(),
            report.counter(),
            report.authority(),
            report.challenge(),
            shown.format(),
            shown.profile(),
            shown.serial());
    boolean issuerFits =
        certificate != null
            && cas.stream()
                .filter(ca -> ca.trusted().key().equals(shown.issuerKey()))
                .flatMap(ca -> read(ca.certificate()))
                .anyMatch(issuer -> Certificates.isSignedBy(certificate, issuer));
    if (!issuerFits || !verifies(certificate, statement, shown.possession())) {
      throw refused("unproven", "credential %s is not proven".formatted(shown.serial()));
    }
  }

  private static Stream<X509Certificate> read(Bytes der) {
    try {
      return Stream.of(Certificates.read(der));
    } catch (GeneralSecurityException e) {
      return Stream.empty();
    }
  }

  private static boolean verifies(X509Certificate certificate, byte[] statement, Bytes signature) {
    try {
      Signature ecdsa = Signature.getInstance("SHA256withECDSA");
      ecdsa.initVerify(certificate.getPublicKey());
      ecdsa.update(statement);
      return ecdsa.verify(signature.toArray());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private Member member(ParticipantName name) throws HouseException {
    Member member = members.get(name);
    if (member == null) {
      throw refused("unknown-participant", "'%s' is not enrolled".formatted(name));
    }
    return member;
  }

  /** What a plain client or server is enrolled as. */
  public static Membership membership(Role... roles) {
    return new Membership(AUTHORITY, List.of(roles));
  }

  @FunctionalInterface
  private interface Work<T> {
    T run();
  }

  private <T> T locked(Work<T> work) {
    lock.lock();
    try {
      return work.run();
    } finally {
      lock.unlock();
    }
  }
}
