package io.carousel.orchestrator.evidence;

import io.carousel.events.Act;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Report;
import io.carousel.events.Report.Presented;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.Statements;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.House;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A participant with real keys, as the desks and ledgers get to see one. */
public final class Member {
  static final AuthorityName USER = new AuthorityName("user");

  final ParticipantName name;
  final KeyPair identity = pair("Ed25519");
  final KeyPair credential = p256();
  private long counter;

  /** Of that name. */
  public Member(String name) {
    this.name = new ParticipantName(name);
  }

  /** Lets it in. */
  public Act enrolment(Role... roles) {
    return enrolment(List.of(new Membership(USER, List.of(roles))));
  }

  /** Its enrolment with those authorities. */
  public Act enrolment(List<Membership> memberships) {
    return new EnrolParticipant(name, identityKey(), memberships, "p-1");
  }

  Bytes identityKey() {
    return Bytes.of(identity.getPublic().getEncoded());
  }

  /** SHA-256 of its identity key. */
  Digest identity() {
    return identityKey().digest();
  }

  /** Its identity's signature. */
  public Bytes signs(byte[] statement) {
    return sign("Ed25519", identity, statement);
  }

  /** A report that is as it should be, for the phase that the authority is in. */
  Report reports(House house, List<Digest> trusts, Presented... presents) {
    Authority a = house.authority(USER).orElseThrow();
    counter++;
    byte[] statement =
        Statements.report(
            house.id().orElseThrow(),
            name,
            counter,
            USER,
            a.bundle(),
            a.challenge(),
            trusts,
            List.of(presents),
            List.of(),
            Optional.empty(),
            Optional.empty());
    return new Report(
        name,
        counter,
        USER,
        a.bundle(),
        a.challenge(),
        trusts,
        List.of(presents),
        signs(statement));
  }

  /** A report in which its verifier was tried. */
  Report tries(House house, List<Report.Tried> tried) {
    Authority a = house.authority(USER).orElseThrow();
    counter++;
    byte[] statement =
        Statements.report(
            house.id().orElseThrow(),
            name,
            counter,
            USER,
            a.bundle(),
            a.challenge(),
            List.of(),
            List.of(),
            tried,
            Optional.empty(),
            Optional.empty());
    return new Report(
        name,
        counter,
        USER,
        a.bundle(),
        a.challenge(),
        List.of(),
        List.of(),
        tried,
        Optional.empty(),
        Optional.empty(),
        signs(statement));
  }

  /** What its next report says of that credential. */
  Presented presents(House house, LeafSigned leaf, KeyPair holder) {
    Authority a = house.authority(USER).orElseThrow();
    byte[] statement =
        Statements.possessionOfCredential(
            house.id().orElseThrow(),
            name,
            counter + 1,
            USER,
            a.challenge(),
            leaf.format(),
            leaf.profile(),
            leaf.serial());
    return new Presented(
        leaf.format(),
        leaf.profile(),
        leaf.serial(),
        leaf.issuerKey(),
        sign("SHA256withECDSA", holder, statement));
  }

  /** A credential issued to it, whoever may have signed it. */
  LeafSigned holds(int generation, Digest issuer, long serial, Instant end) {
    try {
      var holder = new X500Name("CN=" + name);
      byte[] certificate =
          new JcaX509v3CertificateBuilder(
                  holder,
                  BigInteger.valueOf(serial),
                  Date.from(end.minusSeconds(3600)),
                  Date.from(end),
                  holder,
                  credential.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(credential.getPrivate()))
              .getEncoded();
      return new LeafSigned(
          CommandId.of(end, new byte[10]),
          USER,
          generation,
          new SlotName("hsm-a"),
          name,
          identity(),
          Format.X509,
          Profile.CLIENT,
          Serial.of(BigInteger.valueOf(serial)),
          issuer,
          end,
          Digest.of(certificate),
          Bytes.of(certificate));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** A fresh key pair. */
  public static KeyPair pair(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A fresh P-256 key pair. */
  public static KeyPair p256() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new java.security.spec.ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes sign(String algorithm, KeyPair pair, byte[] statement) {
    try {
      Signature s = Signature.getInstance(algorithm);
      s.initSign(pair.getPrivate());
      s.update(statement);
      return Bytes.of(s.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
