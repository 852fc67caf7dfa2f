package io.carousel.e2e.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.PhaseName;
import io.carousel.events.Role;
import io.carousel.events.SlotName;
import io.carousel.events.openssh.Tool;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Slots;
import io.carousel.orchestrator.documents.Slots.SlotLine;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HSM slots come and go under load, in every format, and no verification fails. */
class SlotsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final AuthorityName ALL = new AuthorityName("all");
  private static final String A = "hsm-a";
  private static final String B = "hsm-b";
  private static final String C = "hsm-c";

  /** Of each judge, in each stage, once everybody has moved. */
  private static final int ENOUGH = 4;

  @TempDir Path folder;

  private final Counts counts = new Counts();
  private Site site;
  private Fleet fleet;
  private Member late;

  /** The one of the first two that is there to the end. */
  private String staying = A;

  @BeforeEach
  void start() throws Exception {
    for (String program : List.of("openssl", "certtool", "ssh", "sshd")) {
      Tool.need(program);
    }
    site = Site.start(folder, ALL, List.of(A, B, C));
  }

  @AfterEach
  void stop() throws Exception {
    try (Site _ = site) {
      if (fleet != null) {
        fleet.close();
      }
      if (late != null) {
        late.close();
      }
    }
  }

  @Test
  void slotsComeAndGoAndNoVerificationFails() throws Exception {
    long began = System.nanoTime();
    create();
    fleet = new Fleet(site.house().id(), site.published(), counts, clients(), servers(), scratch());
    counts.in("two slots");
    settle();
    fleet.start();
    enough();
    assertThat(signers()).isSubsetOf(A, B);

    aThirdJoins();
    oneLeaves();
    oneFallsSilent();
    oneIsLost();
    fleet.fallSilent();
    System.out.println(counts.table());
    System.out.printf(
        "%d verifications, %d failed, in %d s%n",
        counts.made(),
        counts.failures().size(),
        Duration.ofNanos(System.nanoTime() - began).toSeconds());
    assertThat(counts.failures()).isEmpty();
  }

  private void create() {
    site.cli()
        .done(
            "authority",
            "create",
            "all",
            "--format=x509,ssh,jwt",
            "--suite=ecdsa-p256",
            "--slot=hsm-a,hsm-b",
            "--leaf-lifetime=1h",
            "--crl-lifetime=2m",
            "--jwks-max-age=2s",
            "--wait");
  }

  private List<Member> clients() throws Exception {
    return List.of(
        site.join("client-1", List.of(Role.PRESENTS_CLIENT), List.of(Format.values())),
        site.join("client-2", List.of(Role.PRESENTS_CLIENT), List.of(Format.values())));
  }

  private List<Member> servers() throws Exception {
    return List.of(
        site.join("server-1", List.of(Role.PRESENTS_SERVER), List.of(Format.X509, Format.SSH)),
        site.join("server-2", List.of(Role.PRESENTS_SERVER), List.of(Format.X509, Format.SSH)));
  }

  private Path scratch() throws Exception {
    return Files.createDirectory(folder.resolve("scratch"));
  }

  // --- what happens -----------------------------------------------------------------------------

  private void aThirdJoins() {
    counts.in("a third joins");
    site.cli().done("slot", "join", C, "all", "--reason=a second site", "--wait");
    settle();
    assertThat(trusted()).containsExactlyInAnyOrder(A, B, C);
    enough();
    assertThat(signers()).doesNotContain(C);
  }

  /** What it has signed is good until it has left, and then nobody accepts it any more. */
  private void oneLeaves() throws Exception {
    counts.in("one leaves");
    Member holder = fleet.members().getFirst();
    Member verifier = fleet.members().getLast();
    Held old = Fleet.x509(holder);
    String leaving = slots().get(old.issuerKey());
    staying = leaving.equals(A) ? B : A;
    for (CertificateJudge judge : CertificateJudge.values()) {
      assertThat(judge.refusal(old, verifier.trust())).as("%s", judge).isEmpty();
    }
    site.cli().done("slot", "leave", leaving, "all", "--reason=out of warranty", "--wait");
    settle();
    assertThat(trusted()).containsExactlyInAnyOrder(staying, C);
    enough();
    // Those who had what it signed got it from the two others in turn.
    assertThat(signers()).containsExactlyInAnyOrder(staying, C);
    for (CertificateJudge judge : CertificateJudge.values()) {
      assertThat(judge.refusal(old, verifier.trust())).as("%s", judge).isPresent();
    }
  }

  /** Who asks for credentials gets them from the other, and the log says why. */
  private void oneFallsSilent() throws Exception {
    counts.in("one falls silent");
    site.killWorker(C);
    late = site.join("late-1", List.of(Role.PRESENTS_CLIENT), List.of(Format.values()));
    await().atMost(PATIENCE).until(() -> late.all().size() == Format.values().length);
    assertThat(late.all())
        .allSatisfy(h -> assertThat(slots().get(h.issuerKey())).isEqualTo(staying));
    await().atMost(PATIENCE).until(() -> line(C).silent().isPresent());
    assertThat(site.cli().done("log", "-n", "100"))
        .contains("Slot hsm-c does not sign what it is asked to, and is passed over");
    enough();
    assertThat(signers()).contains(C);
  }

  /** What it has signed is replaced while its list still holds. */
  private void oneIsLost() throws Exception {
    counts.in("one is lost");
    site.cli().done("slot", "lost", C, "--reason=it does not come back");
    await().atMost(PATIENCE).until(() -> signers().equals(Set.of(staying)));
    assertThat(listOf(C).getNextUpdate().toInstant()).isAfter(Instant.now());
    settle();
    enough();
    assertThat(trusted()).containsExactlyInAnyOrder(staying, C);
    assertThat(line(C).lost()).isPresent();
    assertThat(site.cli().run("rotation", "start", "all").err()).contains("slot 'hsm-c' is lost");
    assertThat(site.cli().read(RotationStatus.class, "rotation", "status", "all").lost())
        .containsExactly(new SlotName(C));
  }

  // --- who has what -----------------------------------------------------------------------------

  /** Until everybody knows the phase, presents what should be presented in it, and says so. */
  private void settle() {
    for (Member member : fleet.members()) {
      await("%s".formatted(member.name()))
          .atMost(PATIENCE)
          .until(() -> member.isSettledIn(PhaseName.STANDBY));
    }
    await()
        .atMost(PATIENCE)
        .until(() ->
            fleet.members().stream()
                    .map(m -> m.bundle().orElseThrow().sequence())
                    .distinct()
                    .count()
                == 1);
    counts.settled();
  }

  /** Until every judge has judged often enough since. */
  private void enough() {
    List<String> judges =
        Stream.concat(
                Stream.of(CertificateJudge.values()).map(CertificateJudge::toString),
                Stream.of(Fleet.TLS, Fleet.SSH, Fleet.JWT, Fleet.CRL))
            .toList();
    Map<String, Long> from = judges.stream().collect(Collectors.toMap(j -> j, counts::now));
    await()
        .atMost(PATIENCE)
        .until(() ->
            !counts.failures().isEmpty()
                || judges.stream().allMatch(j -> counts.now(j) >= from.get(j) + ENOUGH));
    assertThat(counts.failures()).isEmpty();
  }

  /** The slot of each key that was ever trusted, as the bundles of everybody say. */
  private final Map<Digest, String> known = new HashMap<>();

  private Map<Digest, String> slots() {
    fleet
        .members()
        .forEach(m ->
            m.bundle()
                .ifPresent(b ->
                    b.trusted().forEach(k -> known.put(k.key(), k.slot().orElseThrow().value()))));
    return known;
  }

  /** The slots that signed what the fleet presents. */
  private Set<String> signers() {
    Map<Digest, String> slots = slots();
    return fleet.members().stream()
        .flatMap(m -> m.all().stream())
        .map(h -> slots.get(h.issuerKey()))
        .collect(Collectors.toSet());
  }

  private Set<String> trusted() {
    return fleet.members().stream()
        .flatMap(m -> m.bundle().orElseThrow().trusted().stream())
        .flatMap(k -> k.slot().stream())
        .map(SlotName::value)
        .collect(Collectors.toSet());
  }

  private SlotLine line(String slot) {
    return site.cli().read(Slots.class, "slot", "list").slots().stream()
        .filter(s -> s.name().value().equals(slot))
        .findFirst()
        .orElseThrow();
  }

  private X509CRL listOf(String slot) throws Exception {
    return (X509CRL)
        CertificateFactory.getInstance("X.509")
            .generateCRL(new ByteArrayInputStream(site.published().get("crls/1/" + slot)));
  }
}
