package io.carousel.signer.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.LeafOrder;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.Distribution;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import io.carousel.signer.Asked;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A draft that says anything else than its command is caught, whatever it is. */
class RehearsalTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final Bytes KEY = Asked.publicKey("EC", 256);
  private static final Bytes OTHER_KEY = Asked.publicKey("EC", 256);
  private static final Instant FROM = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant TO = Instant.parse("2055-03-01T12:00:00Z");
  private static final Serial SERIAL = Asked.serial();
  private static final List<SubjectName> NAMES =
      Stream.of("dns:a.example", "ip:192.0.2.1", "uri:https://a/b", "email:a@b")
          .map(SubjectName::new)
          .toList();
  private static final Distribution DISTRIBUTION =
      new Distribution("http://a.example/crl", "http://a.example/ca");
  private static final Issuer ISSUER = issuer("CN=an issuer");

  private static Issuer issuer(String name) {
    var principal = new javax.security.auth.x500.X500Principal(name);
    return new Issuer(
        Bytes.of(new byte[1]),
        Bytes.of(principal.getEncoded()),
        Bytes.of(new byte[20]),
        OTHER_KEY,
        TO.plusSeconds(1));
  }

  private static SignCaCertificate ca(
      String subject, Serial serial, Instant from, Instant to, Bytes key) {
    return new SignCaCertificate(
        Asked.id(),
        1,
        Asked.USER,
        1,
        new SlotName("hsm-a"),
        new KeyId("00"),
        key,
        Suite.ECDSA_P256,
        new CaDraft(subject, serial, from, to));
  }

  private static final SignCaCertificate CA = ca("CN=a,O=b", SERIAL, FROM, TO, KEY);

  private static SignLeaf leaf(
      String authority, String participant, Profile profile, Serial serial, Bytes key) {
    return leaf(authority, participant, profile, serial, key, FROM, TO);
  }

  private static SignLeaf leaf(
      String authority,
      String participant,
      Profile profile,
      Serial serial,
      Bytes key,
      Instant from,
      Instant to) {
    var order =
        new LeafOrder(
            Asked.id(),
            new AuthorityName(authority),
            1,
            new SlotName("hsm-a"),
            new KeyId("00"),
            Suite.ECDSA_P256,
            new ParticipantName(participant),
            Digest.of(new byte[] {7}),
            profile,
            serial,
            from,
            to,
            1,
            FROM);
    return new SignLeaf(order, Bytes.of(new byte[1]), key, NAMES, Optional.of(DISTRIBUTION));
  }

  private static final SignLeaf LEAF = leaf("user", "web-1", Profile.CLIENT, SERIAL, KEY);

  record Other<C>(String field, C command) {
    @Override
    public String toString() {
      return field;
    }
  }

  static List<Other<SignCaCertificate>> otherCas() {
    return List.of(
        new Other<>("subject", ca("CN=a,O=c", SERIAL, FROM, TO, KEY)),
        new Other<>("subject", ca("O=b,CN=a", SERIAL, FROM, TO, KEY)),
        new Other<>("serial number", ca("CN=a,O=b", Asked.serial(), FROM, TO, KEY)),
        new Other<>("begin", ca("CN=a,O=b", SERIAL, FROM.plusSeconds(1), TO, KEY)),
        new Other<>("end", ca("CN=a,O=b", SERIAL, FROM, TO.minusSeconds(1), KEY)),
        new Other<>("public key", ca("CN=a,O=b", SERIAL, FROM, TO, OTHER_KEY)));
  }

  @ParameterizedTest
  @MethodSource("otherCas")
  void anotherCaIsCaught(Other<SignCaCertificate> other) throws Refused {
    ToBeSigned draft = Drafts.ca(other.command());
    assertThatCode(() -> Rehearsal.of(draft, other.command())).doesNotThrowAnyException();
    caught(() -> Rehearsal.of(draft, CA), other.field());
  }

  static List<Other<SignLeaf>> otherLeaves() {
    return List.of(
        new Other<>("subject", leaf("user", "web-2", Profile.CLIENT, SERIAL, KEY)),
        new Other<>("alternative names", leaf("host", "web-1", Profile.CLIENT, SERIAL, KEY)),
        new Other<>("extended key usage", leaf("user", "web-1", Profile.BOTH, SERIAL, KEY)),
        new Other<>("serial number", leaf("user", "web-1", Profile.CLIENT, Asked.serial(), KEY)),
        new Other<>("public key", leaf("user", "web-1", Profile.CLIENT, SERIAL, OTHER_KEY)),
        named("dns:b.example", "ip:192.0.2.1", "uri:https://a/b", "email:a@b"),
        named("dns:a.example", "ip:192.0.2.2", "uri:https://a/b", "email:a@b"),
        named("dns:a.example", "ip:2001:db8::1", "uri:https://a/b", "email:a@b"),
        named("dns:a.example", "ip:192.0.2.1", "uri:https://a/c", "email:a@b"),
        named("dns:a.example", "ip:192.0.2.1", "uri:https://a/b", "email:a@c"),
        named("dns:a.example", "ip:192.0.2.1", "uri:https://a/b"),
        named("dns:a.example", "dns:b.example", "ip:192.0.2.1", "uri:https://a/b", "email:a@b"),
        new Other<>(
            "CRL distribution point",
            Asked.leaf(
                LEAF,
                NAMES,
                Optional.of(new Distribution("http://a.example/crk", DISTRIBUTION.certificate())))),
        new Other<>(
            "authority information access",
            Asked.leaf(
                LEAF,
                NAMES,
                Optional.of(new Distribution(DISTRIBUTION.crl(), "http://a.example/cb")))),
        new Other<>("other extensions", Asked.leaf(LEAF, NAMES, Optional.empty())),
        new Other<>(
            "end", leaf("user", "web-1", Profile.CLIENT, SERIAL, KEY, FROM, TO.minusSeconds(1))),
        new Other<>(
            "begin", leaf("user", "web-1", Profile.CLIENT, SERIAL, KEY, FROM.plusSeconds(1), TO)));
  }

  private static Other<SignLeaf> named(String... names) {
    return new Other<>(
        "alternative names",
        Asked.leaf(
            LEAF, Stream.of(names).map(SubjectName::new).toList(), Optional.of(DISTRIBUTION)));
  }

  @ParameterizedTest
  @MethodSource("otherLeaves")
  void anotherLeafIsCaught(Other<SignLeaf> other) throws Refused {
    ToBeSigned draft = Drafts.leaf(HOUSE, other.command(), ISSUER);
    assertThatCode(() -> Rehearsal.of(draft, HOUSE, other.command(), ISSUER))
        .doesNotThrowAnyException();
    caught(() -> Rehearsal.of(draft, HOUSE, LEAF, ISSUER), other.field());
  }

  @Test
  void anotherIssuerIsCaught() throws Refused {
    ToBeSigned draft = Drafts.leaf(HOUSE, LEAF, issuer("CN=another"));
    caught(() -> Rehearsal.of(draft, HOUSE, LEAF, ISSUER), "issuer");
  }

  @Test
  void anotherHouseIsCaught() throws Refused {
    var other = new HouseId("f".repeat(32));
    ToBeSigned draft = Drafts.leaf(other, LEAF, ISSUER);
    caught(() -> Rehearsal.of(draft, HOUSE, LEAF, ISSUER), "alternative names");
  }

  @Test
  void aLeafForACaIsCaught() throws Refused {
    ToBeSigned draft = Drafts.ca(ca("CN=web-1", SERIAL, FROM, TO, KEY));
    caught(() -> Rehearsal.of(draft, HOUSE, LEAF, ISSUER), "path length");
  }

  @Test
  void anotherAlgorithmIsCaught() throws Refused {
    var p384 = new ToBeSigned(Suite.ECDSA_P384, Drafts.ca(CA).bytes());
    assertThatThrownBy(() -> Rehearsal.of(p384, CA)).isInstanceOf(Refused.class);
  }

  /** What stands under the signature, and what stands beside it, must be the same. */
  @Test
  void anotherAlgorithmWithinIsCaught() throws Refused {
    SignCaCertificate other =
        new SignCaCertificate(
            CA.command(),
            1,
            CA.authority(),
            1,
            CA.slot(),
            CA.key(),
            Asked.publicKey("EC", 384),
            Suite.ECDSA_P384,
            CA.draft());
    var p256 = new ToBeSigned(Suite.ECDSA_P256, Drafts.ca(other).bytes());
    assertThatThrownBy(() -> Rehearsal.of(p256, other)).isInstanceOf(Refused.class);
    var relabelled =
        new SignCaCertificate(
            CA.command(),
            1,
            CA.authority(),
            1,
            CA.slot(),
            CA.key(),
            other.publicKey(),
            Suite.ECDSA_P256,
            CA.draft());
    assertThatThrownBy(() -> Rehearsal.of(p256, relabelled)).isInstanceOf(Refused.class);
  }

  @Test
  void anotherKeyIdentifierOfTheIssuerIsCaught() throws Refused {
    byte[] identifier = ISSUER.keyIdentifier().toArray();
    identifier[0] = 1;
    var other =
        new Issuer(
            ISSUER.certificate(),
            ISSUER.name(),
            Bytes.of(identifier),
            OTHER_KEY,
            ISSUER.notAfter());
    ToBeSigned draft = Drafts.leaf(HOUSE, LEAF, other);
    caught(() -> Rehearsal.of(draft, HOUSE, LEAF, ISSUER), "authority key identifier");
  }

  private static void caught(ThrowingCallable rehearsal, String field) {
    assertThatThrownBy(rehearsal)
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.why()).isEqualTo(Refusal.REHEARSAL_FAILED))
        .hasMessageContaining(field + " is '");
  }
}
