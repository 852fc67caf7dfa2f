package io.carousel.agent.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.HouseException;
import io.carousel.agent.Installation;
import io.carousel.agent.Material;
import io.carousel.agent.Published;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.Certificates;
import io.carousel.agent.disk.Ownership;
import io.carousel.agent.disk.SmallDisk;
import io.carousel.agent.service.Command;
import io.carousel.agent.service.CommandService;
import io.carousel.agent.service.Expectation;
import io.carousel.agent.service.Service;
import io.carousel.agent.service.ServiceFailure;
import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AuthorityOutputsTest {
  private static final List<Role> SERVER = List.of(Role.PRESENTS_SERVER, Role.VERIFIES);

  @TempDir Path base;
  private final FakeHouse house = new FakeHouse();

  /** Does what a test says, and keeps what it was told. */
  private static final class TestService implements Service {
    private final List<Expectation> told = new ArrayList<>();
    private Optional<String> refusal = Optional.empty();

    @Override
    public void takeUp(Expectation expected) throws ServiceFailure {
      told.add(expected);
      if (refusal.isPresent()) {
        throw new ServiceFailure(refusal.get());
      }
    }

    @Override
    public String describe() {
      return "a service of tests";
    }
  }

  private OutputSettings output(String name, List<Role> roles, Layout layout, Service service) {
    return new OutputSettings(
        FakeHouse.AUTHORITY,
        roles,
        Format.X509,
        layout,
        base.resolve(name),
        Ownership.PRIVATE,
        service);
  }

  private OutputSettings pem(Service service) {
    return output("out", SERVER, Layout.PEM, service);
  }

  private AuthorityOutputs outputs(OutputSettings... settings) {
    return new AuthorityOutputs(FakeHouse.AUTHORITY, List.of(settings), house);
  }

  private Path current(String name) throws IOException {
    return base.resolve(name).resolve("current").toRealPath();
  }

  private List<String> sets(String name) throws IOException {
    try (Stream<Path> all = Files.list(base.resolve(name).resolve("sets"))) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  private static CommandService commands(String reload, String check, Duration timeout) {
    return new CommandService(
        Optional.of(new Command(List.of("/bin/sh", "-c", reload), timeout)),
        Optional.of(new Command(List.of("/bin/sh", "-c", check), timeout)));
  }

  // --- what is written --------------------------------------------------------------------------

  @Test
  void pemHoldsWhatProgramsAskFor() throws Exception {
    var service = new TestService();
    Material material = Materials.of(house, 1);
    outputs(pem(service)).install(material);
    Path set = current("out");
    try (Stream<Path> all = Files.list(set)) {
      assertThat(all.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "key.pem",
              "cert.pem",
              "chain.pem",
              "fullchain.pem",
              "combined.pem",
              "bundle.pem",
              "crls.pem",
              "carousel.json");
    }
    assertThat(Files.readString(set.resolve("key.pem"))).startsWith("-----BEGIN PRIVATE KEY-----");
    assertThat(Files.readString(set.resolve("combined.pem")))
        .contains("PRIVATE KEY", "CERTIFICATE");
    assertThat(Files.readString(set.resolve("bundle.pem")).split("BEGIN CERT", -1)).hasSize(3);
    assertThat(Files.readString(set.resolve("crls.pem")).split("BEGIN X509 CRL", -1)).hasSize(3);
    assertThat(Files.readString(set.resolve("carousel.json"))).doesNotContain("PRIVATE");
    Expectation told = service.told.getFirst();
    assertThat(told.set().toRealPath()).isEqualTo(set);
    assertThat(told.certificate()).contains(material.x509().orElseThrow().certificate());
    assertThat(told.trusted()).hasSize(2);
  }

  @Test
  void anOutputThatOnlyVerifiesHoldsNoKeyAndIsLeftAloneByRenewals() throws Exception {
    var service = new TestService();
    AuthorityOutputs outputs = outputs(output("out", List.of(Role.VERIFIES), Layout.PEM, service));
    outputs.install(Materials.of(house, 1));
    assertThat(current("out").resolve("key.pem")).doesNotExist();
    outputs.install(Materials.of(house, 1));
    assertThat(service.told).hasSize(1);
    house.start();
    outputs.install(Materials.of(house, 1));
    assertThat(service.told).hasSize(2);
  }

  @Test
  void anOutputThatOnlyPresentsHoldsNoTrust() throws Exception {
    outputs(output("out", List.of(Role.PRESENTS_SERVER), Layout.PEM, new TestService()))
        .install(Materials.of(house, 1));
    assertThat(current("out").resolve("bundle.pem")).doesNotExist();
    assertThat(current("out").resolve("crls.pem")).doesNotExist();
    assertThat(current("out").resolve("key.pem")).exists();
  }

  @ParameterizedTest
  @CsvSource({"PKCS12, p12", "JKS, jks"})
  void theJvmReadsItsStores(Layout layout, String ending) throws Exception {
    OutputSettings settings = output("out", SERVER, layout, new TestService());
    Material material = Materials.of(house, 1);
    outputs(settings).install(material);
    Path password = base.resolve("out/password");
    assertThat(Files.getPosixFilePermissions(password)).isEqualTo(Ownership.PRIVATE.mode());
    char[] secret = Files.readString(password).strip().toCharArray();
    assertThat(secret.length).isGreaterThan(30);
    KeyStore keys =
        KeyStore.getInstance(current("out").resolve("keystore." + ending).toFile(), secret);
    X509Credential own = material.x509().orElseThrow();
    assertThat(keys.getCertificate("web-1")).isEqualTo(own.certificate());
    assertThat(keys.getKey("web-1", secret)).isEqualTo(own.key());
    KeyStore trust =
        KeyStore.getInstance(current("out").resolve("truststore." + ending).toFile(), secret);
    var trusted = new ArrayList<Object>();
    for (String alias : Collections.list(trust.aliases())) {
      assertThat(trust.isCertificateEntry(alias)).isTrue();
      trusted.add(trust.getCertificate(alias));
    }
    assertThat(trusted)
        .containsExactlyInAnyOrderElementsOf(
            material.trust().anchors().stream().map(a -> (Object) a.certificate()).toList());
    // The password stays, and the next run finds its credential again.
    outputs(settings).install(Materials.of(house, 1));
    assertThat(Files.readString(password).strip().toCharArray()).isEqualTo(secret);
    assertThat(outputs(settings).found().orElseThrow().material().x509().orElseThrow().key())
        .isNotEqualTo(own.key());
  }

  @Test
  void whatPresentsIsNotSetUpBeforeItHasSomethingToPresent() throws Exception {
    var service = new TestService();
    Material material = Materials.of(house, 1);
    AuthorityOutputs outputs = outputs(pem(service));
    outputs.install(new Material(material.owner(), material.trust(), Optional.empty()));
    assertThat(service.told).isEmpty();
    assertThat(base.resolve("out")).doesNotExist();
    outputs.install(material);
    assertThat(service.told).hasSize(1);
  }

  // --- services that do not take it up ----------------------------------------------------------

  @Test
  void aReloadThatFailsPutsTheEarlierSetBack() throws Exception {
    Path log = base.resolve("log");
    // Refuses every set but the first, and says which it was told of.
    String reload =
        "basename \"$CAROUSEL_SET\" >> %s; case $CAROUSEL_SET in *1) ;; *) echo no such luck; exit 3;; esac"
            .formatted(log);
    AuthorityOutputs outputs = outputs(pem(commands(reload, "exit 0", Duration.ofSeconds(20))));
    outputs.install(Materials.of(house, 1));
    Path good = current("out");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> outputs.install(Materials.of(house, 1)))
          .isInstanceOf(UnfitMaterial.class)
          .hasMessageContaining("status 3")
          .hasMessageContaining("no such luck")
          .hasMessageContaining("set 000001 is put back");
    }
    assertThat(current("out")).isEqualTo(good);
    assertThat(sets("out")).containsExactly("000001");
    assertThat(Files.readAllLines(log))
        .containsExactly("000001", "000002", "000001", "000002", "000001");
    assertThat(outputs.standing().getFirst().failure().orElseThrow()).contains("no such luck");
  }

  @Test
  void aReloadThatHangsIsKilled() throws Exception {
    String reload = "case $CAROUSEL_SET in *1) ;; *) sleep 600;; esac";
    AuthorityOutputs outputs = outputs(pem(commands(reload, "exit 0", Duration.ofSeconds(1))));
    outputs.install(Materials.of(house, 1));
    Path good = current("out");
    assertThatThrownBy(() -> outputs.install(Materials.of(house, 1)))
        .hasMessageContaining("had not ended after 1 s")
        .hasMessageContaining("set 000001 is put back");
    assertThat(current("out")).isEqualTo(good);
  }

  @Test
  void aReloadWithoutEffectIsNoticedByTheCheck() throws Exception {
    Path loaded = base.resolve("loaded");
    // Takes up what is current for the first time alone, and says that all went well.
    String reload =
        "test -e %1$s || cp %2$s/current/cert.pem %1$s".formatted(loaded, base.resolve("out"));
    String check = "cmp %s \"$CAROUSEL_SET/cert.pem\"".formatted(loaded);
    AuthorityOutputs outputs = outputs(pem(commands(reload, check, Duration.ofSeconds(20))));
    outputs.install(Materials.of(house, 1));
    Path good = current("out");
    assertThatThrownBy(() -> outputs.install(Materials.of(house, 1)))
        .hasMessageContaining("cmp")
        .hasMessageContaining("status 1")
        .hasMessageContaining("set 000001 is put back");
    assertThat(current("out")).isEqualTo(good);
    assertThat(current("out").resolve("cert.pem")).hasSameTextualContentAs(loaded);
  }

  @Test
  void aFirstSetThatIsNotTakenUpIsTriedAgainAndDoesNotPileUp() throws Exception {
    var service = new TestService();
    service.refusal = Optional.of("not yet");
    AuthorityOutputs outputs = outputs(pem(service));
    Material material = Materials.of(house, 1);
    for (int i = 0; i < 4; i++) {
      assertThatThrownBy(() -> outputs.install(material))
          .hasMessageContaining("there is no earlier set");
    }
    assertThat(sets("out")).hasSize(1);
    service.refusal = Optional.empty();
    outputs.install(material);
    assertThat(outputs.standing().getFirst().failure()).isEmpty();
    assertThat(base.resolve("out/confirmed").toRealPath()).isEqualTo(current("out"));
  }

  @Test
  void whatWasPutBackWithoutSuccessIsTakenUpBeforeItCountsAsAtWork() throws Exception {
    var service = new TestService();
    AuthorityOutputs outputs = outputs(pem(service));
    Material first = Materials.of(house, 1);
    outputs.install(first);
    service.refusal = Optional.of("it is down");
    assertThatThrownBy(() -> outputs.install(Materials.of(house, 1)))
        .hasMessageContaining("not taken up either");
    int told = service.told.size();
    assertThatThrownBy(() -> outputs.install(first)).hasMessageContaining("it is down");
    assertThat(service.told).hasSizeGreaterThan(told);
    service.refusal = Optional.empty();
    outputs.install(first);
  }

  @Test
  void outputsOfOneAuthorityChangeTogetherOrNotAtAll() throws Exception {
    var one = new TestService();
    var two = new TestService();
    AuthorityOutputs outputs =
        outputs(output("one", SERVER, Layout.PEM, one), output("two", SERVER, Layout.PKCS12, two));
    outputs.install(Materials.of(house, 1));
    Path before = current("one");
    two.refusal = Optional.of("no");
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> outputs.install(Materials.of(house, 1)))
          .isInstanceOf(UnfitMaterial.class);
    }
    assertThat(sets("one")).hasSize(1);
    assertThat(current("one")).isEqualTo(before);
    assertThat(one.told.getLast().set().toRealPath()).isEqualTo(before);
    two.refusal = Optional.empty();
    outputs.install(Materials.of(house, 1));
    assertThat(current("one")).isNotEqualTo(before);
  }

  @Test
  void aFullDiskLeavesTheEarlierSetAtWork() throws Exception {
    Files.createDirectory(base.resolve("out"));
    try (SmallDisk _ = SmallDisk.over(base.resolve("out"), 80)) {
      var service = new TestService();
      AuthorityOutputs outputs = outputs(pem(service));
      outputs.install(Materials.of(house, 1));
      Path good = current("out");
      Path ballast = base.resolve("out/ballast");
      assertThatThrownBy(() -> Files.write(ballast, new byte[100_000]))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> outputs.install(Materials.of(house, 1)))
          .isInstanceOf(UnfitMaterial.class)
          .hasMessageContaining("No space left")
          .hasMessageContaining("see that the disk has room");
      assertThat(current("out")).isEqualTo(good);
      assertThat(service.told).hasSize(1);
      Files.delete(ballast);
      outputs.install(Materials.of(house, 1));
      assertThat(service.told).hasSize(2);
    }
  }

  // --- what became of the files -----------------------------------------------------------------

  private static void run(Path where, String script) throws Exception {
    Process process =
        new ProcessBuilder("/bin/sh", "-ec", script).directory(where.toFile()).inheritIO().start();
    assertThat(process.waitFor()).as(script).isZero();
  }

  private static final String DAMAGES =
      """
      rm sets/000001/$F
      : > sets/000001/$F
      truncate -s -1 sets/000001/$F
      printf x | dd of=sets/000001/$F bs=1 seek=3 conv=notrunc status=none
      echo more >> sets/000001/$F
      truncate -s 10G sets/000001/$F
      chmod 644 sets/000001/$F
      chmod 000 sets/000001/$F
      mv sets/000001/$F away; ln -s ../../away sets/000001/$F
      rm sets/000001/$F; ln -s nowhere sets/000001/$F
      rm sets/000001/$F; mkdir sets/000001/$F
      rm sets/000001/$F; mkfifo sets/000001/$F
      ln sets/000001/$F second
      rm -r sets/000001
      mv sets/000001 sets/000002
      mv sets/000001 away; ln -s ../away sets/000001
      chmod 755 sets/000001
      chmod 000 sets/000001
      chmod 777 sets
      rm -r sets/*
      rm -r sets
      rm current
      rm current; ln -s sets/000009 current
      rm current; ln -s nowhere current
      rm current; ln -s /etc current
      rm current; echo x > current
      rm current; mkfifo current
      rm confirmed
      rm current confirmed
      rm -r sets current confirmed
      rm -rf "$PWD"
      chmod 000 .
      chmod 777 .
      """;

  static Stream<Arguments> damages() {
    return Stream.of("key.pem", "crls.pem", "carousel.json")
        .flatMap(file ->
            DAMAGES
                .lines()
                .filter(line -> file.equals("key.pem") || line.contains("$F"))
                .map(line -> Arguments.of(Layout.PEM, line.replace("$F", file))));
  }

  static Stream<Arguments> damagesOfStores() {
    return Stream.of("keystore", "truststore")
        .flatMap(store ->
            Stream.of(Layout.PKCS12, Layout.JKS)
                .flatMap(layout -> {
                  String file = store + (layout == Layout.JKS ? ".jks" : ".p12");
                  return Stream.of("rm sets/000001/%s", "echo x >> sets/000001/%s")
                      .map(damage -> Arguments.of(layout, damage.formatted(file)));
                }));
  }

  static Stream<Arguments> damagesOfPasswords() {
    return Stream.of(
            "rm password",
            ": > password",
            "echo other > password",
            "chmod 644 password",
            "rm password; ln -s /etc/passwd password",
            "rm password; mkfifo password",
            "truncate -s 1G password")
        .map(damage -> Arguments.of(Layout.PKCS12, damage));
  }

  /** Told at once, and mended by installing the same again: with the same key, and a reload. */
  @ParameterizedTest
  @MethodSource({"damages", "damagesOfStores", "damagesOfPasswords"})
  void damageIsToldAndMended(Layout layout, String damage) throws Exception {
    var service = new TestService();
    AuthorityOutputs outputs = outputs(output("out", SERVER, layout, service));
    Material material = Materials.of(house, 1);
    outputs.install(material);
    assertThat(outputs.damage()).isEmpty();
    assertThat(outputs.standing().getFirst().failure()).isEmpty();
    run(base.resolve("out"), damage);
    assertThat(outputs.damage()).isPresent();
    assertThat(outputs.standing().getFirst().failure()).isPresent();
    outputs.install(material);
    assertThat(outputs.damage()).isEmpty();
    assertThat(outputs.standing().getFirst().failure()).isEmpty();
    assertThat(outputs.standing().getFirst().set()).isPresent();
    assertThat(service.told).hasSize(2);
    Installation.Found found =
        outputs(output("out", SERVER, layout, service)).found().orElseThrow();
    assertThat(found.atWork()).isTrue();
    assertThat(found.material().x509().orElseThrow().certificate())
        .isEqualTo(material.x509().orElseThrow().certificate());
  }

  /** After a restart: told, and not at work before it is installed again. */
  @ParameterizedTest
  @MethodSource({"damages", "damagesOfStores", "damagesOfPasswords"})
  void damageIsFoundAfterRestart(Layout layout, String damage) throws Exception {
    Material material = Materials.of(house, 1);
    outputs(output("out", SERVER, layout, new TestService())).install(material);
    run(base.resolve("out"), damage);
    AuthorityOutputs again = outputs(output("out", SERVER, layout, new TestService()));
    Optional<Installation.Found> found = again.found();
    if (!damage.startsWith("chmod") || damage.contains("000 ") || damage.contains("sets/")) {
      assertThat(found.filter(Installation.Found::atWork).isPresent()).isFalse();
    }
    again.install(
        found.map(Installation.Found::material).filter(m -> m.x509().isPresent()).orElse(material));
    assertThat(again.damage()).isEmpty();
    assertThat(again.standing().getFirst().set()).isPresent();
  }

  @Test
  void damageThatCannotBeMendedIsTold() throws Exception {
    AuthorityOutputs outputs = outputs(pem(new TestService()));
    Material material = Materials.of(house, 1);
    outputs.install(material);
    run(base.resolve("out"), "rm current; cp -r sets/000001 current");
    assertThat(outputs.damage().orElseThrow()).contains("current is no link any more");
    assertThatThrownBy(() -> outputs.install(material)).hasMessageContaining("move it");
    assertThat(outputs.standing().getFirst().failure()).isPresent();
    assertThat(base.resolve("out/current/key.pem")).exists();
    run(base.resolve("out"), "rm -r current");
    outputs.install(material);
    assertThat(outputs.damage()).isEmpty();
  }

  @Test
  void fullDiskWhileMendingIsTold() throws Exception {
    Files.createDirectory(base.resolve("out"));
    try (SmallDisk _ = SmallDisk.over(base.resolve("out"), 80)) {
      AuthorityOutputs outputs = outputs(pem(new TestService()));
      Material material = Materials.of(house, 1);
      outputs.install(material);
      assertThatThrownBy(() -> Files.write(base.resolve("out/ballast"), new byte[100_000]))
          .isInstanceOf(IOException.class);
      run(base.resolve("out"), "chmod 644 sets/000001/key.pem");
      assertThatThrownBy(() -> outputs.install(material)).hasMessageContaining("No space left");
      assertThat(outputs.damage().orElseThrow()).contains("key.pem has mode");
      Files.delete(base.resolve("out/ballast"));
      outputs.install(material);
      assertThat(outputs.damage()).isEmpty();
    }
  }

  // --- CRLs -------------------------------------------------------------------------------------

  @Test
  void newCrlsAreANewSet() throws Exception {
    var service = new TestService();
    AuthorityOutputs outputs = outputs(pem(service));
    outputs.install(Materials.of(house, 1));
    outputs.refreshCompanions();
    assertThat(service.told).hasSize(1);
    byte[] before = Files.readAllBytes(current("out").resolve("crls.pem"));
    byte[] key = Files.readAllBytes(current("out").resolve("key.pem"));
    house.renewCrls();
    outputs.refreshCompanions();
    assertThat(service.told).hasSize(2);
    assertThat(current("out").resolve("crls.pem")).exists();
    assertThat(Files.readAllBytes(current("out").resolve("crls.pem"))).isNotEqualTo(before);
    assertThat(current("out").resolve("key.pem")).hasBinaryContent(key);
    assertThat(outputs.crlsUntil()).isPresent();
  }

  @Test
  void trustInACaIsNotAtWorkBeforeItsCrlIs() throws Exception {
    byte[] ofTheFirst = house.companion(FakeHouse.AUTHORITY, Format.X509);
    var service = new TestService();
    var outputs =
        new AuthorityOutputs(FakeHouse.AUTHORITY, List.of(pem(service)), (_, _) -> ofTheFirst);
    outputs.install(Materials.of(house, 1));
    house.start();
    assertThatThrownBy(() -> outputs.install(Materials.of(house, 1)))
        .hasMessageContaining("publishes no CRL yet of the CA of generation 2");
    assertThat(service.told).hasSize(1);
  }

  @Test
  void crlsNeverGoBack() throws Exception {
    byte[] old = house.companion(FakeHouse.AUTHORITY, Format.X509);
    var offered = new ArrayList<byte[]>();
    house.renewCrls();
    offered.add(house.companion(FakeHouse.AUTHORITY, Format.X509));
    var outputs =
        new AuthorityOutputs(
            FakeHouse.AUTHORITY, List.of(pem(new TestService())), (_, _) -> offered.getLast());
    outputs.install(Materials.of(house, 1));
    offered.add(old);
    assertThatThrownBy(outputs::refreshCompanions).hasMessageContaining("CRLs never go back");
  }

  @Test
  void withoutTheHouseTheCrlsInPlaceDoForARenewal() throws Exception {
    var away = new ArrayList<String>();
    Published published =
        (authority, format) -> {
          if (!away.isEmpty()) {
            throw new HouseException.Unavailable("away", (Throwable) null);
          }
          return house.companion(authority, format);
        };
    var outputs =
        new AuthorityOutputs(FakeHouse.AUTHORITY, List.of(pem(new TestService())), published);
    outputs.install(Materials.of(house, 1));
    away.add("yes");
    outputs.install(Materials.of(house, 1));
    house.start();
    assertThatThrownBy(() -> outputs.install(Materials.of(house, 1)))
        .hasMessageContaining("cannot be had: away");
  }

  // --- after a restart --------------------------------------------------------------------------

  @Test
  void whatIsAtWorkIsFoundAgain() throws Exception {
    Material material = Materials.of(house, 1);
    outputs(pem(new TestService())).install(material);
    var service = new TestService();
    Installation.Found found = outputs(pem(service)).found().orElseThrow();
    assertThat(found.atWork()).isTrue();
    assertThat(service.told).isEmpty();
    X509Credential own = found.material().x509().orElseThrow();
    assertThat(own.serial()).isEqualTo(material.x509().orElseThrow().serial());
    assertThat(Certificates.belongTogether(own.certificate(), own.key())).isTrue();
    assertThat(found.material().trust().bundle()).isEqualTo(house.bundle());
  }

  @Test
  void anInstallationThatWasCutShortIsUndone() throws Exception {
    Material first = Materials.of(house, 1);
    outputs(pem(new TestService())).install(first);
    Path good = current("out");
    Service killed =
        new Service() {
          @Override
          public void takeUp(Expectation expected) {
            throw new Killed();
          }

          @Override
          public String describe() {
            return "one that never comes back";
          }
        };
    assertThatThrownBy(() -> outputs(pem(killed)).install(Materials.of(house, 1)))
        .isInstanceOf(Killed.class);
    assertThat(current("out")).isNotEqualTo(good);
    var service = new TestService();
    AuthorityOutputs again = outputs(pem(service));
    Installation.Found found = again.found().orElseThrow();
    assertThat(current("out")).isEqualTo(good);
    assertThat(service.told).extracting(e -> e.set().toRealPath()).containsExactly(good);
    assertThat(found.material().x509().orElseThrow().serial())
        .isEqualTo(first.x509().orElseThrow().serial());
    assertThat(found.atWork()).isFalse();
  }

  private static final class Killed extends RuntimeException {}

  /** A key that was lost is not got back; the trust, and the CRLs, are gone on with. */
  @Test
  void aSetWhoseKeyIsAnothersIsNotGoneOnWith() throws Exception {
    outputs(pem(new TestService())).install(Materials.of(house, 1));
    Path key = current("out").resolve("key.pem");
    AuthorityOutputs other = outputs(output("other", SERVER, Layout.PEM, new TestService()));
    other.install(Materials.of(house, 1));
    Files.write(key, Files.readAllBytes(current("other").resolve("key.pem")));
    AuthorityOutputs again = outputs(pem(new TestService()));
    Installation.Found found = again.found().orElseThrow();
    assertThat(found.atWork()).isFalse();
    assertThat(found.material().credentials()).isEmpty();
    assertThat(found.material().trust().bundle()).isEqualTo(house.bundle());
    assertThat(again.standing().getFirst().failure().orElseThrow()).contains("key.pem", "content");
  }

  @Test
  void theFilesOfAnotherAuthorityAreNotTakenForItsOwn() throws Exception {
    OutputSettings settings = pem(new TestService());
    outputs(settings).install(Materials.of(house, 1));
    var user = new AuthorityName("user");
    var other =
        new OutputSettings(
            user,
            SERVER,
            Format.X509,
            Layout.PEM,
            settings.folder(),
            Ownership.PRIVATE,
            new TestService());
    assertThatThrownBy(() -> new AuthorityOutputs(user, List.of(other), house).found())
        .isInstanceOf(UnfitMaterial.class)
        .hasMessageContaining("holds files of authority 'db', not 'user'");
  }

  @Test
  void anOutputThatIsNewIsFilledFromTheOthers() throws Exception {
    OutputSettings one = output("one", SERVER, Layout.PEM, new TestService());
    Material material = Materials.of(house, 1);
    outputs(one).install(material);
    AuthorityOutputs both = outputs(one, output("two", SERVER, Layout.JKS, new TestService()));
    Installation.Found found = both.found().orElseThrow();
    assertThat(found.atWork()).isFalse();
    both.install(found.material());
    assertThat(current("two").resolve("keystore.jks")).exists();
    assertThat(found.material().x509().orElseThrow().certificate())
        .isEqualTo(material.x509().orElseThrow().certificate());
  }
}
