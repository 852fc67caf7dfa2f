package io.carousel.signer.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.AuthorityEvent.AuthorityCreated;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.ExternalRoot;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyId;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Origin;
import io.carousel.events.Policy;
import io.carousel.events.Profile;
import io.carousel.events.RootUse;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.CaRequestSigned;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.signer.Asked;
import io.carousel.signer.Ordered;
import io.carousel.signer.TestLog;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.InMemoryToken;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.pkcs11.Pkcs11Token;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.Verification;
import io.carousel.signer.work.KeyWork;
import io.carousel.signer.work.LeafWork;
import io.carousel.signer.work.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to an external root, and what a worker signs below one; judged by openssl. */
class CaRequestsTest {
  private static final String SUBJECT = "CN=user G2 hsm-a,O=Carousel";

  @TempDir Path folder;

  private final InMemoryToken token = new InMemoryToken();
  private final KeyWork keys = keys(token, Optional.empty());

  private static KeyWork keys(Token token, Optional<Bytes> root) {
    return new KeyWork(
        Desks.HOUSE,
        Desks.SLOT,
        token,
        Limits.DEFAULT,
        Ordered.ALL,
        InstantSource.system(),
        _ -> root);
  }

  private static KeyGenerated made(KeyWork work, GenerateKey asked) throws Exception {
    return (KeyGenerated) work.carryOut(asked);
  }

  private static SignCaRequest request(GenerateKey asked, KeyGenerated made) {
    return new SignCaRequest(
        Asked.id(),
        1,
        asked.authority(),
        asked.generation(),
        asked.slot(),
        made.key(),
        made.publicKey(),
        asked.suite(),
        SUBJECT);
  }

  @ParameterizedTest
  @EnumSource
  void everySuiteHolds(Suite suite) throws Exception {
    GenerateKey asked = Asked.key(Desks.SLOT, suite);
    judged((CaRequestSigned) keys.carryOut(request(asked, made(keys, asked))));
  }

  /** CAs that write names anew choose so; then theirs is ours to the octet. */
  @Test
  void namesArePrintableStringsWhereTheyFit() throws Exception {
    GenerateKey asked = Asked.key(Desks.SLOT, Suite.ED25519);
    SignCaRequest sound = request(asked, made(keys, asked));
    String named = "CN=user G2 größe,O=Carousel\\, Works,C=DE,DC=example";
    var signed =
        (CaRequestSigned) keys.carryOut(with(sound, sound.key(), sound.publicKey(), named));
    assertThat(
            Openssl.run(
                "openssl",
                "req",
                "-noout",
                "-subject",
                "-nameopt",
                "show_type,utf8,sep_comma_plus,-esc_msb",
                "-in",
                file(signed.request())))
        .contains("IA5STRING:example")
        .contains("PRINTABLESTRING:DE")
        .contains("PRINTABLESTRING:Carousel, Works")
        .contains("UTF8STRING:user G2 größe");
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA_2048", "ECDSA_P256", "ED25519"})
  void soOnAToken(Suite suite) throws Exception {
    try (Token hsm = Pkcs11Token.open(SoftHsm.newToken(folder))) {
      KeyWork work = keys(hsm, Optional.empty());
      GenerateKey asked = Asked.key(Desks.SLOT, suite);
      judged((CaRequestSigned) work.carryOut(request(asked, made(work, asked))));
    }
  }

  private void judged(CaRequestSigned signed) throws Exception {
    String said =
        Openssl.run("openssl", "req", "-verify", "-noout", "-text", "-in", file(signed.request()));
    assertThat(said)
        .contains("verify OK")
        .contains("Subject: O = Carousel, CN = user G2 hsm-a")
        .contains("X509v3 Basic Constraints: critical\n                    CA:TRUE, pathlen:0")
        .contains("X509v3 Key Usage: critical\n                    Certificate Sign, CRL Sign")
        .contains("X509v3 Subject Key Identifier");
  }

  private String file(Bytes request) throws Exception {
    Path file = folder.resolve("request.pem");
    Files.writeString(
        file,
        "-----BEGIN CERTIFICATE REQUEST-----\n%s\n-----END CERTIFICATE REQUEST-----\n"
            .formatted(
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(request.toArray())));
    return file.toString();
  }

  // --- what is refused --------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"no name", "CN=a\u0000b", "", "CN=a,businessCategory=b", "1=a"})
  void aSubjectMustBeReadByEverybody(String subject) throws Exception {
    GenerateKey asked = Asked.key(Desks.SLOT, Suite.ED25519);
    SignCaRequest sound = request(asked, made(keys, asked));
    WorkerAct answer = keys.carryOut(with(sound, sound.key(), sound.publicKey(), subject));
    assertThat(answer).isInstanceOf(KeyCommandRefused.class);
    assertThat(((KeyCommandRefused) answer).code()).isIn("bad-subject", "rehearsal-failed");
  }

  @Test
  void aRequestIsForTheKeyThatIsThere() throws Exception {
    GenerateKey asked = Asked.key(Desks.SLOT, Suite.ED25519);
    SignCaRequest sound = request(asked, made(keys, asked));
    refused(Refusal.KEY_DIFFERS, with(sound, sound.key(), Asked.publicKey("Ed25519", 0), SUBJECT));
    refused(Refusal.NO_SUCH_KEY, with(sound, new KeyId("ff"), sound.publicKey(), SUBJECT));
  }

  private void refused(Refusal why, SignCaRequest command) throws Exception {
    assertThat(((KeyCommandRefused) keys.carryOut(command)).code()).isEqualTo(why.code());
  }

  private static SignCaRequest with(SignCaRequest c, KeyId key, Bytes publicKey, String subject) {
    return new SignCaRequest(
        c.command(),
        1,
        c.authority(),
        c.generation(),
        c.slot(),
        key,
        publicKey,
        c.suite(),
        subject);
  }

  /** What one library writes is compared with what another hand wrote. */
  @Test
  void noOctetOfADraftMayDiffer() throws Exception {
    GenerateKey asked = Asked.key(Desks.SLOT, Suite.ECDSA_P256);
    SignCaRequest command = request(asked, made(keys, asked));
    byte[] draft = CaRequests.draft(command).bytes().toArray();
    for (int i = 0; i < draft.length; i++) {
      byte[] other = draft.clone();
      other[i] ^= 1;
      var changed = new ToBeSigned(Suite.ECDSA_P256, Bytes.of(other));
      assertThatThrownBy(() -> CaRequests.rehearse(changed, command))
          .as("octet %d", i)
          .isInstanceOf(Refused.class);
    }
    var longer = new ToBeSigned(Suite.ECDSA_P256, Bytes.of(Arrays.copyOf(draft, draft.length + 1)));
    assertThatThrownBy(() -> CaRequests.rehearse(longer, command)).isInstanceOf(Refused.class);
  }

  // --- below a root -----------------------------------------------------------------------------

  /** A root made by openssl, and the certificate it gives for a request of the worker. */
  private record Below(GenerateKey asked, KeyGenerated made, Bytes root, Bytes certificate) {}

  private Below below() throws Exception {
    String rootFile = folder.resolve("root.pem").toString();
    String rootKey = folder.resolve("root.key").toString();
    Openssl.run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        rootKey,
        "-out",
        rootFile,
        "-days",
        "30",
        "-subj",
        "/CN=Elsewhere Root",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign");
    GenerateKey asked = Asked.key(Desks.SLOT, Suite.ECDSA_P256);
    KeyGenerated made = made(keys, asked);
    String request = file(((CaRequestSigned) keys.carryOut(request(asked, made))).request());
    String caFile = folder.resolve("ca.pem").toString();
    Openssl.run(
        "openssl",
        "x509",
        "-req",
        "-in",
        request,
        "-CA",
        rootFile,
        "-CAkey",
        rootKey,
        "-copy_extensions",
        "copyall",
        "-days",
        "10",
        "-out",
        caFile);
    return new Below(asked, made, der(rootFile), der(caFile));
  }

  private static Bytes der(String pem) throws Exception {
    String text = Files.readString(Path.of(pem)).replaceAll("-----[^-]+-----|\\s", "");
    return Bytes.of(Base64.getDecoder().decode(text));
  }

  private SignLeaf leaf(Below b) {
    return Asked.leaf(
        Asked.ca(b.asked(), b.made()),
        new CaCertificateSigned(Asked.id(), Desks.SLOT, b.certificate()),
        Profile.BOTH);
  }

  private SignCrl crl(Below b) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return Asked.crl(
        Asked.ca(b.asked(), b.made()),
        new CaCertificateSigned(Asked.id(), Desks.SLOT, b.certificate()),
        new CrlDraft(
            CrlNumber.of(1), now.minusSeconds(60), now.plus(Duration.ofDays(1)), List.of()));
  }

  private LeafWork leaves(Optional<Bytes> root) {
    var log = new TestLog(Desks.HOUSE);
    log.write(
        new AuthorityCreated(
            Asked.USER,
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(Desks.SLOT),
            Policy.DEFAULT,
            "p-1",
            Instant.now(),
            root.map(r -> new ExternalRoot(r, RootUse.ROOT)),
            Origin.NEW));
    log.write(new AuthorityOpened(Asked.USER, 1, 1, Instant.now()));
    log.read();
    return new LeafWork(
        Desks.HOUSE,
        Desks.SLOT,
        token,
        Limits.DEFAULT,
        Verification.ALL,
        log.check(),
        InstantSource.system(),
        new Tally());
  }

  @Test
  void whatIsSignedBelowARootHolds() throws Exception {
    Below b = below();
    var signed = (LeafSigned) leaves(Optional.of(b.root())).carryOut(leaf(b));
    var list = (CrlSigned) keys(token, Optional.of(b.root())).carryOut(crl(b));
    String ca = folder.resolve("ca.pem").toString();
    String leaf = Openssl.pem(folder, "leaf.pem", signed.credential()).toString();
    String crl = Openssl.crl(folder, "crl.pem", list.crl()).toString();
    assertThat(
            Openssl.run(
                "openssl",
                "verify",
                "-x509_strict",
                "-crl_check",
                "-CRLfile",
                crl,
                "-CAfile",
                folder.resolve("root.pem").toString(),
                "-untrusted",
                ca,
                leaf))
        .contains("leaf.pem: OK");
    assertThat(
            Openssl.run(
                "openssl",
                "verify",
                "-partial_chain",
                "-crl_check",
                "-CRLfile",
                crl,
                "-trusted",
                ca,
                leaf))
        .contains("leaf.pem: OK");
  }

  /** The log says who signs the certificates of an authority: nobody else may. */
  @Test
  void anIssuerOfAnotherRootIsRefused() throws Exception {
    Below b = below();
    refused(leaves(Optional.empty()).carryOut(leaf(b)));
    Bytes other = new Desks(new InMemoryToken()).ca(Suite.ECDSA_P256).certificate();
    refused(leaves(Optional.of(other)).carryOut(leaf(b)));
    for (Optional<Bytes> root : List.of(Optional.<Bytes>empty(), Optional.of(other))) {
      assertThat(((KeyCommandRefused) keys(token, root).carryOut(crl(b))).code())
          .isEqualTo("bad-issuer");
    }
    var own = Asked.ca(b.asked(), b.made());
    var selfSigned = (CaCertificateSigned) keys.carryOut(own);
    refused(leaves(Optional.of(b.root())).carryOut(Asked.leaf(own, selfSigned, Profile.BOTH)));
  }

  private static void refused(LeafResult result) {
    assertThat(((LeafRefused) result).code()).isEqualTo("bad-issuer");
  }
}
