package io.carousel.signer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SlotReport;
import io.carousel.events.Statements;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.CaRequestSigned;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyFound;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.TokenInspected;
import io.carousel.events.openssh.SshCertificate;
import io.carousel.events.testing.SpyLog;
import io.carousel.signer.certificate.CaRequests;
import io.carousel.signer.certificate.Drafts;
import io.carousel.signer.certificate.Issuer;
import io.carousel.signer.certificate.Placeholder;
import io.carousel.signer.jwt.Tokens;
import io.carousel.signer.openssh.SshDrafts;
import io.carousel.signer.refusal.Refused;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * What commands fix, as a token is given it: rebuilt from each command in Kafka, and read out of
 * what it led to by programs that share no code with the worker. Both must be the same.
 */
final class FixedBytes {
  /** DigestInfo of SHA-256 up to the digest (RFC 8017, section 9.2, note 1). */
  private static final byte[] SHA_256_INFO =
      HexFormat.of().parseHex("3031300d060960864801650304020105000420");

  private final HouseId house;
  private final Map<CommandId, WorkerAct> acts = new TreeMap<>();
  private final Map<CommandId, LeafSigned> issued = new TreeMap<>();

  /** Which command asked for it, by the SHA-256 of what C_Sign gets, in lowercase hex. */
  private final Map<String, CommandId> inputs = new TreeMap<>();

  private FixedBytes(HouseId house) {
    this.house = house;
  }

  /** Of all these commands, of which each has an answer; the first answer is the one accepted. */
  static Map<String, CommandId> of(
      HouseId house, List<SigningCommand> commands, List<WorkerAct> acts, List<LeafResult> results)
      throws Exception {
    var fixed = new FixedBytes(house);
    acts.forEach(act -> fixed.acts.putIfAbsent(act.answers(), act));
    for (LeafResult result : results) {
      assertThat(result).isInstanceOf(LeafSigned.class);
      fixed.issued.putIfAbsent(result.answers(), (LeafSigned) result);
    }
    for (SigningCommand command : commands) {
      fixed.add(command);
    }
    return fixed.inputs;
  }

  private void add(SigningCommand command) throws Exception {
    switch (command) {
      case GenerateKey c -> {
        var made = (KeyGenerated) acts.get(c.command());
        possession(c, c.suite(), made.key(), made.publicKey());
      }
      case AdoptKey c -> {
        var found = (KeyFound) acts.get(c.command());
        possession(c, c.suite(), found.key(), found.publicKey());
      }
      case SignCaRequest c -> {
        var answer = (CaRequestSigned) acts.get(c.command());
        Bytes read =
            Bytes.of(
                new PKCS10CertificationRequest(answer.request().toArray())
                    .toASN1Structure()
                    .getCertificationRequestInfo()
                    .getEncoded());
        assertThat(CaRequests.of(c).bytes()).isEqualTo(read);
        put(c, c.suite(), read);
      }
      case SignCaCertificate c -> {
        var answer = (CaCertificateSigned) acts.get(c.command());
        Bytes read = Bytes.of(certificate(answer.certificate()).getTBSCertificate());
        assertThat(Drafts.ca(c).bytes()).isEqualTo(read);
        put(c, c.suite(), read);
      }
      case SigningCommand.SignBundle c ->
          put(c, c.suite(), Bytes.of(Statements.bundle(house, c.statement())));
      case SignCrl c -> {
        var answer = (CrlSigned) acts.get(c.command());
        Bytes read = Bytes.of(list(answer.crl()).getTBSCertList());
        assertThat(Drafts.crl(c, Issuer.of(c.issuer(), c.suite())).bytes()).isEqualTo(read);
        put(c, c.suite(), read);
      }
      case InspectToken c -> trials(c, ((TokenInspected) acts.get(c.command())).report());
      case DestroyKey _ -> {}
      case LeafCommand c -> {
        Bytes read = read(c, issued.get(c.command()));
        assertThat(rebuilt(c)).isEqualTo(read);
        put(c, c.order().suite(), read);
      }
    }
  }

  private void possession(SigningCommand asked, Suite suite, KeyId key, Bytes publicKey)
      throws Exception {
    byte[] statement =
        Statements.possessionOfKey(house, asked.command(), asked.slot(), key, publicKey);
    put(asked, suite, Bytes.of(statement));
  }

  /** An inspection says what it had signed by a SHA-256: which is what a token of ours digests. */
  private void trials(InspectToken asked, SlotReport report) throws Exception {
    for (SlotReport.SeenKey key : report.keys()) {
      byte[] digest = HexFormat.of().parseHex(key.trial().orElseThrow().value());
      String input =
          switch (key.suite()) {
            case RSA_2048, RSA_3072, RSA_4096 -> SpyLog.sha256(concat(SHA_256_INFO, digest));
            case ECDSA_P256 -> SpyLog.sha256(digest);
            case ED25519 -> HexFormat.of().formatHex(digest);
            case ECDSA_P384 -> throw new AssertionError("digests by another function");
          };
      assertThat(inputs.put(input, asked.command())).isNull();
    }
  }

  private Bytes rebuilt(LeafCommand command) throws Refused {
    return switch (command) {
      case SignLeaf c -> Drafts.leaf(house, c, Issuer.of(c.issuer(), c.order().suite())).bytes();
      case SignSshCertificate c -> SshDrafts.of(c, placeholder(c)).toBeSigned();
      case SignToken c -> Tokens.draft(house, c, placeholder(c)).signingInput();
    };
  }

  private static Bytes placeholder(LeafCommand command) {
    return Bytes.of(Placeholder.of(command.order().suite()));
  }

  private static Bytes read(LeafCommand command, LeafSigned signed) throws Exception {
    return switch (command) {
      case SignLeaf _ -> Bytes.of(certificate(signed.credential()).getTBSCertificate());
      case SignSshCertificate _ -> SshCertificate.read(signed.credential()).toBeSigned();
      case SignToken _ -> {
        var envelope = JWEObject.parse(new String(signed.credential().toArray(), US_ASCII));
        envelope.decrypt(new ECDHDecrypter((ECPrivateKey) Issuing.REQUESTER.getPrivate()));
        String token = envelope.getPayload().toString();
        yield Bytes.of(token.substring(0, token.lastIndexOf('.')).getBytes(US_ASCII));
      }
    };
  }

  private static X509Certificate certificate(Bytes der) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der.toArray()));
  }

  private static X509CRL list(Bytes der) throws Exception {
    return (X509CRL)
        CertificateFactory.getInstance("X.509")
            .generateCRL(new ByteArrayInputStream(der.toArray()));
  }

  private void put(SigningCommand command, Suite suite, Bytes message) throws Exception {
    byte[] bytes = message.toArray();
    byte[] input =
        switch (suite) {
          case RSA_2048, RSA_3072, RSA_4096 -> concat(SHA_256_INFO, digest("SHA-256", bytes));
          case ECDSA_P256 -> digest("SHA-256", bytes);
          case ECDSA_P384 -> digest("SHA-384", bytes);
          case ED25519 -> bytes;
        };
    assertThat(inputs.put(SpyLog.sha256(input), command.command()))
        .as("two commands that fix the same bytes")
        .isNull();
  }

  private static byte[] digest(String algorithm, byte[] message) throws Exception {
    return MessageDigest.getInstance(algorithm).digest(message);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    return Bytes.of(HexFormat.of().parseHex(hex(first) + hex(second))).toArray();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
