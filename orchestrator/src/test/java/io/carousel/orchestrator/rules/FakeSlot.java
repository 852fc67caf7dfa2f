package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.ExpectedKey;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport;
import io.carousel.events.Statements;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.CaRequestSigned;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyFound;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.WorkerAct.TokenInspected;
import io.carousel.events.WorkerLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.RFC4519Style;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A slot and its worker, with keys in memory: what the rules get to see of them. */
public final class FakeSlot {
  private static final Map<String, KeyPair> IDENTITIES = new ConcurrentHashMap<>();

  private final SlotName name;
  private final HouseId house;
  private final Map<KeyId, KeyPair> keys = new TreeMap<>();
  private final Set<KeyId> doubled = new TreeSet<>();
  private List<Suite> suites = List.of(Suite.values());
  private Optional<WorkerLimits> limits = Optional.empty();
  private int made;

  FakeSlot(SlotName name, HouseId house) {
    this.name = name;
    this.house = house;
  }

  /** What a worker that does as it is told answers. */
  public WorkerAct does(KeyCommand command) {
    return switch (command) {
      case GenerateKey c -> generates(c.command(), c.suite());
      case AdoptKey c -> shows(c);
      case SignCaCertificate c -> signs(c);
      case SignCaRequest c -> requests(c);
      case SignCrl c -> lists(c, CrlShape.RIGHT);
      case SigningCommand.SignBundle c -> attests(c);
      case InspectToken c -> looks(c);
      case DestroyKey c -> destroys(c);
    };
  }

  private KeyGone destroys(DestroyKey c) {
    return new KeyGone(c.command(), name, c.key(), keys.remove(c.key()) != null);
  }

  /** A fresh key, with its proof. */
  public KeyGenerated generates(CommandId command, Suite suite) {
    KeyId id = KeyId.of("%s-%d".formatted(name, ++made).getBytes(StandardCharsets.UTF_8));
    KeyPair pair = keyPair(suite);
    keys.put(id, pair);
    return proves(command, id, pair, suite);
  }

  /** That key, with a proof for that command. */
  public KeyGenerated proves(CommandId command, KeyId id, KeyPair pair, Suite suite) {
    Bytes publicKey = Bytes.of(pair.getPublic().getEncoded());
    byte[] statement = Statements.possessionOfKey(house, command, name, id, publicKey);
    return new KeyGenerated(command, name, id, publicKey, sign(suite, pair, statement));
  }

  /** The key that is there already, with its proof. */
  public KeyFound shows(AdoptKey c) {
    return shows(c, List.of());
  }

  /** The same, less protected than it should be. */
  KeyFound shows(AdoptKey c, List<String> weaker) {
    KeyGenerated proof = proves(c.command(), c.key(), keys.get(c.key()), c.suite());
    return new KeyFound(c.command(), name, c.key(), proof.publicKey(), weaker, proof.possession());
  }

  /** The CA certificate that was asked for. */
  public CaCertificateSigned signs(SignCaCertificate c) {
    return new CaCertificateSigned(
        c.command(), name, certificate(keys.get(c.key()), c.suite(), c.draft(), CaShape.RIGHT));
  }

  /** The request that was asked for. */
  public CaRequestSigned requests(SignCaRequest c) {
    return new CaRequestSigned(
        c.command(), name, RootCa.request(keys.get(c.key()), c.suite(), c.subject()));
  }

  /** The CRL that was asked for. */
  public CrlSigned lists(SignCrl c) {
    return lists(c, CrlShape.RIGHT);
  }

  /** The signature that was asked for. */
  public WorkerAct.BundleSignatureMade attests(SigningCommand.SignBundle c) {
    byte[] statement = Statements.bundle(house, c.statement());
    return new WorkerAct.BundleSignatureMade(
        c.command(), name, sign(c.suite(), keys.get(c.key()), statement));
  }

  CrlSigned lists(SignCrl c, CrlShape shape) {
    return new CrlSigned(c.command(), name, shape.crl(c, keys.get(c.key())));
  }

  /** What is in the token; each expected key makes its trial. */
  public TokenInspected looks(InspectToken c) {
    var expected = new TreeMap<KeyId, ExpectedKey>();
    c.expected().forEach(k -> expected.put(k.key(), k));
    var seen = new ArrayList<SlotReport.SeenKey>();
    keys.forEach((id, pair) -> {
      Bytes key = Bytes.of(pair.getPublic().getEncoded());
      Digest publicKey = key.digest();
      ExpectedKey asked = expected.get(id);
      boolean same = asked != null && asked.publicKey().equals(publicKey);
      seen.add(
          new SlotReport.SeenKey(
              id,
              publicKey,
              same ? asked.suite() : SubjectPublicKey.of(key).suite().orElseThrow(),
              List.of(),
              same ? Optional.of(publicKey) : Optional.empty(),
              Optional.empty()));
    });
    return new TokenInspected(
        c.command(),
        name,
        new SlotReport(
            name.value(),
            "00",
            "fake",
            "fake 1.0",
            "2.40",
            "1.0",
            suites,
            List.of(),
            seen.stream().filter(k -> !doubled.contains(k.key())).toList(),
            4 * doubled.size(),
            limits,
            Optional.empty(),
            List.copyOf(doubled)));
  }

  /** From here on its worker says that it signs no more than this. */
  void signs(WorkerLimits most) {
    limits = Optional.of(most);
  }

  /** Somebody takes that key away, behind everybody's back. */
  KeyPair loses(KeyId id) {
    return keys.remove(id);
  }

  /** Somebody puts a second key in under the same CKA_ID. */
  void doubles(KeyId id) {
    doubled.add(id);
  }

  /** Somebody puts a key in, behind everybody's back. */
  void finds(KeyId id, KeyPair pair) {
    keys.put(id, pair);
  }

  /** The same, with a fresh key of that suite. */
  public void finds(KeyId id, Suite suite) {
    finds(id, keyPair(suite));
  }

  /** From here on it says that it can do these alone. */
  void can(Suite... some) {
    suites = List.of(some);
  }

  /** The keys that are there. */
  public Map<KeyId, KeyPair> keys() {
    return Map.copyOf(keys);
  }

  static Bytes certificate(KeyPair pair, Suite suite, CaDraft draft, CaShape shape) {
    return certificate(pair, pair, suite, draft, shape);
  }

  /** A certificate for one key, signed by another. */
  static Bytes certificate(
      KeyPair subject, KeyPair issuer, Suite suite, CaDraft draft, CaShape shape) {
    try {
      var builder =
          new X509v3CertificateBuilder(
              name(shape.issuer().orElse(draft.subject())),
              draft.serial().number(),
              Date.from(draft.notBefore()),
              Date.from(draft.notAfter()),
              name(draft.subject()),
              SubjectPublicKeyInfo.getInstance(subject.getPublic().getEncoded()));
      for (CaShape.Part part : shape.parts(subject)) {
        builder.addExtension(new ASN1ObjectIdentifier(part.oid()), part.critical(), part.value());
      }
      var signer =
          new JcaContentSignerBuilder(shape.algorithm().orElse(suite.jcaSignature()))
              .build(issuer.getPrivate());
      return Bytes.of(builder.build(signer).getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  /** In RFC 4514 the last part of the text is the first of the name. */
  private static X500Name name(String text) {
    return new X500Name(RFC4519Style.INSTANCE, text);
  }

  static KeyPair keyPair(Suite suite) {
    try {
      KeyPairGenerator g =
          KeyPairGenerator.getInstance(
              switch (suite.family()) {
                case RSA -> "RSA";
                case EC -> "EC";
                case ED25519 -> "Ed25519";
              });
      switch (suite.family()) {
        case RSA -> g.initialize(suite.bits());
        case EC -> g.initialize(new ECGenParameterSpec("secp%dr1".formatted(suite.bits())));
        case ED25519 -> {}
      }
      return g.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes sign(Suite suite, KeyPair pair, byte[] statement) {
    try {
      Signature s = Signature.getInstance(suite.jcaSignature());
      s.initSign(pair.getPrivate());
      s.update(statement);
      return Bytes.of(s.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The Ed25519 public key of that name, the same within one run. */
  static Bytes identity(String name) {
    return Bytes.of(identityPair(name).getPublic().getEncoded());
  }

  /** What that key signs. */
  static Bytes signedBy(String name, byte[] statement) {
    return sign(Suite.ED25519, identityPair(name), statement);
  }

  private static KeyPair identityPair(String name) {
    return IDENTITIES.computeIfAbsent(name, _ -> keyPair(Suite.ED25519));
  }
}
