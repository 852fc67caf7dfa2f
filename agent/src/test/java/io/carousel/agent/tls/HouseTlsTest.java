package io.carousel.agent.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.HouseException;
import io.carousel.agent.Material;
import io.carousel.agent.Trust;
import io.carousel.events.AuthorityName;
import io.carousel.events.BundleSignature;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.SignedStatement;
import io.carousel.events.Statements;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustStatement;
import io.carousel.events.TrustStatements;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whom a participant takes for its house, and what it lets that tell. */
class HouseTlsTest {
  private static final HouseId HOUSE = new HouseId("0123456789abcdef".repeat(2));
  private static final AuthorityName USER = new AuthorityName("user");

  private final KeyPair first = key();
  private final KeyPair second = key();
  private final KeyPair third = key();
  private final KeyPair stranger = key();

  private static KeyPair key() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static Bytes spki(KeyPair pair) {
    return Bytes.of(pair.getPublic().getEncoded());
  }

  private static BundleSignature sign(KeyPair by, TrustStatement statement) {
    try {
      Signature s = Signature.getInstance("Ed25519");
      s.initSign(by.getPrivate());
      s.update(Statements.bundle(HOUSE, statement));
      return new BundleSignature(spki(by), Bytes.of(s.sign()));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A bundle of the built-in authority that trusts those, signed by each of them. */
  private static SignedStatement own(long bundle, KeyPair... trusted) {
    List<Digest> keys = Arrays.stream(trusted).map(k -> spki(k).digest()).toList();
    var statement =
        new TrustStatement(AuthorityName.BUILT_IN, bundle, keys, Digest.of(new byte[] {1}));
    return new SignedStatement(
        statement, Arrays.stream(trusted).map(k -> sign(k, statement)).toList());
  }

  private static TrustStatements told(SignedStatement... all) {
    return new TrustStatements(HOUSE, List.of(all));
  }

  /** Two rotations, from the first key to the third. */
  private List<SignedStatement> history() {
    return List.of(
        own(1, first), own(2, first, second), own(3, second), own(4, second, third), own(5, third));
  }

  private static HouseTls knowing(long bundle, KeyPair... trusted) throws Exception {
    var tls = new HouseTls(Set.of());
    List<Trust.Anchor> anchors =
        Stream.of(trusted)
            .map(k -> new Trust.Anchor(1, Optional.empty(), certificate(), spki(k).digest()))
            .toList();
    tls.install(
        new Material(
            new ParticipantName("web-1"),
            new Trust(bundle(bundle, List.of()), anchors),
            List.of()));
    return tls;
  }

  private static java.security.cert.X509Certificate certificate() {
    try {
      return io.carousel.agent.certificate.Certificates.read(Materials.FIRST.certificate());
    } catch (java.security.cert.CertificateException e) {
      throw new AssertionError(e);
    }
  }

  private static TrustBundle bundle(long number, List<BundleSignature> signatures) {
    return new TrustBundle(
            USER,
            number,
            number,
            PhaseName.STANDBY,
            1,
            Digest.of(new byte[0]),
            1,
            1,
            List.of(Materials.FIRST.trusted()))
        .signed(signatures);
  }

  /** Whether what that key signs is taken for the house's. */
  private static boolean goesBy(HouseTls tls, KeyPair key) throws Exception {
    TrustBundle plain = bundle(7, List.of());
    try {
      tls.requireSigned(plain.signed(List.of(sign(key, plain.statement()))), HOUSE);
      return true;
    } catch (HouseException.Refused e) {
      assertThat(e.code()).isEqualTo("bundle-not-signed");
      return false;
    }
  }

  @Test
  void whoSleptThroughTwoRotationsFollowsStepByStep() throws Exception {
    HouseTls tls = knowing(1, first);
    var mixed = new ArrayList<>(history());
    Collections.shuffle(mixed, new java.util.Random(3));
    assertThat(tls.succeed(new TrustStatements(HOUSE, mixed))).isTrue();
    assertThat(goesBy(tls, third)).isTrue();
    assertThat(goesBy(tls, first)).isFalse();
    assertThat(goesBy(tls, second)).isFalse();
    // There is nothing more to learn from it.
    assertThat(tls.succeed(new TrustStatements(HOUSE, mixed))).isFalse();
  }

  @Test
  void nobodyIsLedBackToWhatWasRemoved() throws Exception {
    HouseTls tls = knowing(3, second);
    // The second key has signed this too, when both were trusted; the first is stolen since.
    assertThat(tls.succeed(told(own(1, first), own(2, first, second)))).isFalse();
    assertThat(goesBy(tls, first)).isFalse();
    assertThat(goesBy(tls, second)).isTrue();
  }

  @Test
  void aStepThatNobodyKnownHasSignedLeadsNowhere() throws Exception {
    HouseTls tls = knowing(1, first);
    assertThat(tls.succeed(told(own(2, stranger), own(9, third)))).isFalse();
    SignedStatement good = own(2, first, second);
    var bent =
        new TrustStatement(
            AuthorityName.BUILT_IN,
            2,
            List.of(spki(stranger).digest()),
            good.statement().content());
    assertThat(tls.succeed(told(new SignedStatement(bent, good.signatures())))).isFalse();
    // What is said of another authority is no succession of this one.
    var other =
        new TrustStatement(USER, 2, List.of(spki(stranger).digest()), good.statement().content());
    assertThat(tls.succeed(told(new SignedStatement(other, List.of(sign(first, other))))))
        .isFalse();
    var elsewhere = new TrustStatements(new HouseId("fedcba9876543210".repeat(2)), List.of(good));
    assertThat(tls.succeed(elsewhere)).isFalse();
    assertThat(goesBy(tls, stranger)).isFalse();
  }

  /** Somebody who was given pins cannot know whether they are of before or after a removal. */
  @Test
  void pinsThatSomebodyGaveLeadNowhere() throws Exception {
    var tls = new HouseTls(Set.of(spki(first).digest()));
    assertThat(tls.succeed(new TrustStatements(HOUSE, history()))).isFalse();
    assertThat(goesBy(tls, first)).isTrue();
  }

  @Test
  void aBundleMustBeSignedByTheHouse() throws Exception {
    HouseTls tls = knowing(2, first, second);
    TrustBundle plain = bundle(7, List.of());
    BundleSignature good = sign(second, plain.statement());
    assertThatCode(() ->
            tls.requireSigned(
                plain.signed(List.of(sign(stranger, plain.statement()), good)), HOUSE))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> tls.requireSigned(plain, HOUSE))
        .isInstanceOf(HouseException.Unavailable.class)
        .hasMessageContaining("bundle 7 of authority 'user' is not signed yet");
    assertThatThrownBy(() -> tls.requireSigned(bundle(8, List.of(good)), HOUSE))
        .isInstanceOf(HouseException.Refused.class)
        .hasMessageContaining("no signature that holds");
    byte[] bent = good.signature().toArray();
    bent[0] ^= 1;
    var broken = new BundleSignature(good.publicKey(), Bytes.of(bent));
    assertThatThrownBy(() -> tls.requireSigned(plain.signed(List.of(broken)), HOUSE))
        .isInstanceOf(HouseException.Refused.class);
    var nonsense = new BundleSignature(Bytes.of(new byte[] {1, 2}), good.signature());
    assertThatThrownBy(() -> tls.requireSigned(plain.signed(List.of(nonsense)), HOUSE))
        .isInstanceOf(HouseException.Refused.class);
    // How far a rotation has come is not what is signed; who is to be trusted is.
    TrustBundle later =
        new TrustBundle(
            USER, 7, 99, PhaseName.INIT, 98, Digest.of(new byte[] {9}), 1, 2, plain.trusted());
    assertThatCode(() -> tls.requireSigned(later.signed(List.of(good)), HOUSE))
        .doesNotThrowAnyException();
    TrustBundle other =
        new TrustBundle(
            USER,
            7,
            7,
            PhaseName.STANDBY,
            1,
            Digest.of(new byte[0]),
            1,
            1,
            List.of(Materials.SECOND.trusted()));
    assertThatThrownBy(() -> tls.requireSigned(other.signed(List.of(good)), HOUSE))
        .isInstanceOf(HouseException.Refused.class);
  }
}
