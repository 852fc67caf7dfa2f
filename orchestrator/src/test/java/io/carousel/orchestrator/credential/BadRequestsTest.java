package io.carousel.orchestrator.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Profile;
import io.carousel.events.SubjectName;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.evidence.Member;
import io.carousel.orchestrator.rules.House;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is asked for and never signed: each is refused with its reason, and nothing comes of it. */
class BadRequestsTest extends CredentialTest {
  /** Of one request. */
  record Case(String what, Supplier<Bytes> csr, String code, String why) {
    @Override
    public String toString() {
      return what;
    }
  }

  static List<Case> refusals() {
    return List.of(
        new Case(
            "signed by another key",
            () -> csr(Member.p256(), Member.p256(), "SHA256withECDSA"),
            "bad-csr",
            "the request is not signed by the key it names"),
        new Case(
            "a weak key",
            () -> csr(rsa(1024), "SHA256withRSA"),
            "bad-csr",
            "RSA key has 1024 bits; use 2048 to 8192"),
        new Case(
            "a key of the wrong type", () -> csr(dsa(), "SHA256withDSA"), "bad-csr", "algorithm"),
        new Case(
            "a forbidden name",
            () -> naming(Member.p256(), "other.example"),
            "name-forbidden",
            "is not enrolled with the name dns:other.example"),
        new Case(
            "a wildcard",
            () -> naming(Member.p256(), "*.example"),
            "name-forbidden",
            "is not enrolled with the name dns:*.example"),
        new Case(
            "10,000 names",
            () ->
                naming(
                    Member.p256(),
                    IntStream.range(0, 10_000).mapToObj("n%d"::formatted).toArray(String[]::new)),
            "bad-csr",
            "at most 16384 are read"),
        new Case(
            "1,000 names", // which the size lets pass
            () ->
                naming(
                    Member.p256(),
                    IntStream.range(0, 1_000).mapToObj("n%d"::formatted).toArray(String[]::new)),
            "bad-csr",
            "1000 names, and a credential has 256 at most"),
        new Case(
            "1 MB",
            () -> Bytes.of(new byte[1 << 20]),
            "bad-csr",
            "has 1048576 bytes, and at most 16384 are read"),
        new Case(
            "lengths that are not as short as can be",
            () -> stretched(csr()),
            "bad-csr",
            "BER and not in DER"),
        new Case("no end, as BER allows", () -> endless(csr()), "bad-csr", "BER and not in DER"),
        new Case(
            "bytes after its end",
            () -> Bytes.of(Arrays.copyOf(csr().toArray(), csr().length() + 9)),
            "bad-csr",
            "PKCS#10"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void isRefusedWithItsReasonAndNothingComesOfIt(Case bad) {
    House before = story.house();
    assertThatThrownBy(
            () -> desk.issue(request(USER, Profile.CLIENT, bad.csr().get(), story.now())))
        .isInstanceOfSatisfying(
            Declined.class,
            d -> {
              assertThat(d.code()).as(d.getMessage()).isEqualTo(bad.code());
              assertThat(d).hasMessageContaining(bad.why());
            });
    assertThat(written).isEmpty();
    assertThat(desk.waiting()).isZero();
    assertThat(story.house()).isEqualTo(before);
    // Whoever asks well after that gets what it asks for.
    assertThat(desk.issue(request(USER, Profile.CLIENT, csr(), story.now()))).isNotNull();
  }

  @Test
  void noRequestNamesTenThousandPrincipals() {
    CredentialRequest good = request(USER, Profile.CLIENT, csr(), story.now());
    List<SubjectName> names =
        IntStream.range(0, 10_000).mapToObj(i -> new SubjectName("principal:p" + i)).toList();
    assertThatThrownBy(() ->
            new CredentialRequest(
                good.participant(),
                good.authority(),
                good.format(),
                good.profile(),
                good.subject(),
                names,
                good.at(),
                good.signature()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10000")
        .hasMessageContaining("256");
  }

  private static Bytes naming(KeyPair pair, String... names) {
    try {
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              Stream.of(names)
                  .map(n -> new GeneralName(GeneralName.dNSName, n))
                  .toArray(GeneralName[]::new)));
      return Bytes.of(
          new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=web-1"), pair.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
              .getEncoded());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Bytes csr(KeyPair named, KeyPair signing, String signature) {
    return csr(new KeyPair(named.getPublic(), signing.getPrivate()), signature);
  }

  private static KeyPair dsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The outermost length with a zero before it; what is signed is the same. */
  private static Bytes stretched(Bytes der) {
    byte[] good = der.toArray();
    int head = 2 + (good[1] < 0 ? good[1] & 0x7f : 0);
    int length = good.length - head;
    byte[] other = new byte[good.length - head + 5];
    other[0] = good[0];
    other[1] = (byte) 0x83;
    other[2] = 0;
    other[3] = (byte) (length >> 8);
    other[4] = (byte) length;
    System.arraycopy(good, head, other, 5, length);
    return Bytes.of(other);
  }

  /** The outermost length left open (X.690, section 8.1.3.6); what is signed is the same. */
  private static Bytes endless(Bytes der) {
    byte[] good = der.toArray();
    int head = 2 + (good[1] < 0 ? good[1] & 0x7f : 0);
    byte[] other = new byte[good.length - head + 4];
    other[0] = good[0];
    other[1] = (byte) 0x80;
    System.arraycopy(good, head, other, 2, good.length - head);
    return Bytes.of(other);
  }
}
