package io.carousel.events.openssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.EcdsaSignature;
import io.carousel.events.NistCurve;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.Suite;
import io.carousel.events.testing.SoftwareKey;
import java.math.BigInteger;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What nobody should believe, put together by hand, and by which name each is refused. */
class RefusedSshTest {
  private static final SubjectPublicKey.Rsa RSA =
      (SubjectPublicKey.Rsa) Drafts.key(Suite.RSA_2048).key();
  private static final SubjectPublicKey.Ec P256 =
      (SubjectPublicKey.Ec) Drafts.key(Suite.ECDSA_P256).key();
  private static final SshPublicKey ED25519 = Drafts.key(Suite.ED25519);
  private static final byte[] NOTHING = {};

  private static void refused(ThrowingCallable reading, String why) {
    assertThatThrownBy(reading).isExactlyInstanceOf(UnreadableSsh.class).hasMessageContaining(why);
  }

  private static void keyRefused(SshOutput blob, String why) {
    refused(() -> SshPublicKey.ofBlob(blob.bytes()), why);
  }

  @Test
  void keysOfUnknownTypesAreRefused() {
    for (String type :
        List.of("ssh-dss", "ecdsa-sha2-nistp521", "sk-ssh-ed25519@openssh.com", "")) {
      keyRefused(new SshOutput().string(type).string(NOTHING), "no type of key known here");
    }
    refused(
        () ->
            SshPublicKey.ofBlob(
                Drafts.signed(
                        Drafts.draft(
                            SshCertificateDraft.Kind.USER, ED25519, Suite.ED25519, 1, "id"))
                    .blob()),
        "no type of key known here");
  }

  @Test
  void numbersThatAreNotAsShortAsCanBeAreRefused() {
    byte[] padded = new byte[4];
    padded[1] = 1;
    padded[3] = 1;
    SshOutput type = new SshOutput().string("ssh-rsa");
    keyRefused(type.string(padded).mpint(RSA.modulus()), "more octets than it needs");
    byte[] negative = {(byte) 0x81, 0, 1};
    keyRefused(new SshOutput().string("ssh-rsa").string(negative), "not positive");
    keyRefused(new SshOutput().string("ssh-rsa").string(NOTHING), "not positive");
  }

  @Test
  void unsafeNumbersAndPointsAreRefused() {
    var three = new SshOutput().string("ssh-rsa").mpint(BigInteger.valueOf(3));
    keyRefused(three.mpint(RSA.modulus()), "RSA exponent");
    var small = new SshOutput().string("ssh-rsa").mpint(RSA.exponent());
    keyRefused(small.mpint(RSA.modulus().shiftRight(1024).setBit(0)), "this one has 1024");
    byte[] off = P256.point();
    off[64] ^= 1;
    keyRefused(ec("nistp256", off), "not on P256");
    byte[] compressed = java.util.Arrays.copyOf(P256.point(), 33);
    compressed[0] = 2;
    keyRefused(ec("nistp256", compressed), "no uncompressed point");
    keyRefused(ec("nistp384", P256.point()), "curve in it is not that of its type");
    var nought = new SshOutput().string("ssh-ed25519").string(new byte[32]);
    keyRefused(nought, "no point of edwards25519");
  }

  private static SshOutput ec(String curve, byte[] point) {
    return new SshOutput().string("ecdsa-sha2-nistp256").string(curve).string(point);
  }

  @Test
  void whatFollowsOrLacksIsRefused() {
    keyRefused(new SshOutput().raw(ED25519.blob().toArray()).octet(0), "bytes follow its end");
    keyRefused(new SshOutput().string("ssh-ed25519"), "ends too early");
    keyRefused(new SshOutput().string("ssh-ed25519").uint32(-1), "longer than what holds it");
  }

  @Test
  void linesThatAreNotOneKeyAreRefused() {
    String line = ED25519.line();
    assertThat(SshPublicKey.ofLine(line + " a comment")).isEqualTo(ED25519);
    refused(() -> SshPublicKey.ofLine(line + "\n" + line), "printable ASCII");
    refused(() -> SshPublicKey.ofLine("no-pty " + line), "no base64");
    refused(() -> SshPublicKey.ofLine(line.replace("ssh-ed25519 ", "ssh-rsa ")), "not the type");
    refused(() -> SshPublicKey.ofLine("ssh-ed25519"), "must stand in it");
    refused(() -> SshPublicKey.ofLine(" " + line), "base64");
    refused(() -> SshPublicKey.ofLine("a ".repeat(1 << 18)), "characters");
    String unpadded = Drafts.key(Suite.ECDSA_P256).line().replace("=", "");
    assertThat(unpadded).isNotEqualTo(Drafts.key(Suite.ECDSA_P256).line());
    refused(() -> SshPublicKey.ofLine(unpadded), "not spelt as it should be");
  }

  /** A certificate by P-256 whose fields are given, signed in truth. */
  private static SshOutput certificate(
      long serial,
      int kind,
      SshOutput principals,
      long end,
      SshOutput options,
      SshOutput reserved) {
    return new SshOutput()
        .string("ssh-ed25519-cert-v01@openssh.com")
        .string(Drafts.NONCE)
        .string(((SubjectPublicKey.Ed25519) ED25519.key()).point())
        .uint64(serial)
        .uint32(kind)
        .string("id")
        .string(principals)
        .uint64(1)
        .uint64(end)
        .string(options)
        .string(new SshOutput())
        .string(reserved)
        .string(Drafts.key(Suite.ECDSA_P256).blob());
  }

  private static SshCertificate read(SshOutput toBeSigned) {
    Bytes der = SoftwareKey.of(Suite.ECDSA_P256).sign(toBeSigned.bytes());
    var numbers = EcdsaSignature.ofDer(NistCurve.P256, der);
    var value = new SshOutput().mpint(numbers.r()).mpint(numbers.s());
    var signature = new SshOutput().string("ecdsa-sha2-nistp256").string(value);
    return SshCertificate.read(
        new SshOutput().raw(toBeSigned.bytes().toArray()).string(signature).bytes());
  }

  private static SshOutput empty() {
    return new SshOutput();
  }

  private static SshOutput flags(String... names) {
    var out = new SshOutput();
    for (String name : names) {
      out.string(name).string(NOTHING);
    }
    return out;
  }

  @Test
  void certificatesThatNobodyShouldBelieveAreRefused() {
    SshOutput alice = new SshOutput().string("alice");
    assertThat(read(certificate(1, 1, alice, 2, empty(), empty())).verifies()).isTrue();
    refused(() -> read(certificate(0, 1, alice, 2, empty(), empty())), "no KRL could revoke it");
    refused(() -> read(certificate(1, 3, alice, 2, empty(), empty())), "neither a user's");
    refused(() -> read(certificate(1, 1, empty(), 2, empty(), empty())), "good for all");
    refused(() -> read(certificate(1, 1, alice, 1, empty(), empty())), "cannot begin");
    refused(() -> read(certificate(1, 1, alice, -1, empty(), empty())), "no end that is a date");
    refused(() -> read(certificate(1, 1, alice, 2, empty(), alice)), "reserved field");
    SshOutput disorder = flags("b@x", "a@x");
    refused(() -> read(certificate(1, 1, alice, 2, disorder, empty())), "not in its place");
    SshOutput twice = flags("a@x", "a@x");
    refused(() -> read(certificate(1, 1, alice, 2, twice, empty())), "not in its place");
    SshOutput unknown = flags("no-such-option");
    refused(() -> read(certificate(1, 1, alice, 2, unknown, empty())), "OpenSSH knows");
    SshOutput wrapped = new SshOutput().string("a@x").string(new SshOutput().string(NOTHING));
    refused(() -> read(certificate(1, 1, alice, 2, wrapped, empty())), "an empty text");
  }

  @ParameterizedTest
  @CsvSource({
    "ssh-rsa, 256, no algorithm by which",
    "ssh-ed25519, 64, no algorithm by which",
    "rsa-sha2-256, 255, has 256 octets",
    "rsa-sha2-512, 257, has 256 octets"
  })
  void signaturesOfAnotherKindAreRefused(String algorithm, int octets, String why) {
    var kind = SshCertificateDraft.Kind.HOST;
    Bytes signed = Drafts.draft(kind, ED25519, Suite.RSA_2048, 1, "id").toBeSigned();
    var signature = new SshOutput().string(algorithm).string(new byte[octets]);
    var blob = new SshOutput().raw(signed.toArray()).string(signature);
    refused(() -> SshCertificate.read(blob.bytes()), why);
  }

  private static SshOutput krl(int format, long flags, SshOutput sections) {
    return new SshOutput()
        .uint64(0x5353484b524c0a00L)
        .uint32(format)
        .uint64(7)
        .uint64(1)
        .uint64(flags)
        .string("")
        .string("")
        .raw(sections.bytes().toArray());
  }

  private static SshOutput section(int type, SshOutput part) {
    var content = new SshOutput().string("").string("").octet(type).string(part);
    return new SshOutput().octet(1).string(content);
  }

  private static void krlRefused(SshOutput krl, String why) {
    refused(() -> Krl.read(krl.bytes()), why);
  }

  @Test
  void listsThatNobodyShouldBelieveAreRefused() {
    assertThat(Krl.read(krl(1, 0, empty()).bytes()).version()).isEqualTo(7);
    krlRefused(krl(2, 0, empty()), "version of the format");
    krlRefused(krl(1, 1, empty()), "flags");
    krlRefused(new SshOutput().uint64(0x5353484b524c0a01L), "does not begin as one");
    krlRefused(krl(1, 0, new SshOutput().octet(3).string("")), "SHA-1");
    krlRefused(krl(1, 0, new SshOutput().octet(4).string("")), "signature");
    krlRefused(krl(1, 0, new SshOutput().octet(9).string("")), "type 9 is not known");
    SshOutput digest = new SshOutput().string(new byte[31]);
    krlRefused(krl(1, 0, new SshOutput().octet(5).string(digest)), "no SHA-256");
    krlRefused(krl(1, 0, section(0x20, empty())), "it is empty");
    krlRefused(krl(1, 0, section(0x20, new SshOutput().uint64(0))), "0 is no serial number");
    SshOutput backwards = new SshOutput().uint64(9).uint64(8);
    krlRefused(krl(1, 0, section(0x21, backwards)), "no serial numbers are from 9 to 8");
    krlRefused(krl(1, 0, section(0x23, new SshOutput().string(""))), "is no key id");
    krlRefused(krl(1, 0, section(0x39, new SshOutput().string("x"))), "type 57 is not known");
    var seven = section(0x20, new SshOutput().uint64(7));
    SshOutput twice = new SshOutput().raw(seven.bytes().toArray()).raw(seven.bytes().toArray());
    krlRefused(krl(1, 0, twice), "named more than once");
  }

  @Test
  void bitmapsAreReadAsTheyAreAndNoLonger() {
    SshOutput bits = new SshOutput().uint64(100).mpint(BigInteger.valueOf(0b1_0000_0101));
    Krl read = Krl.read(krl(1, 0, section(0x22, bits)).bytes());
    assertThat(read.certificates().getFirst().serials()).isEqualTo(Krls.serials(100, 102, 108));
    SshOutput past = new SshOutput().uint64(-2).mpint(BigInteger.valueOf(0b111));
    krlRefused(krl(1, 0, section(0x22, past)), "more than 64 bits");
    SshOutput longer = new SshOutput().uint64(1).mpint(BigInteger.ONE.shiftLeft(16384));
    krlRefused(krl(1, 0, section(0x22, longer)), "longer than OpenSSH reads");
  }
}
