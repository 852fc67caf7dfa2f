package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.HouseId;
import io.carousel.events.IpAddress;
import io.carousel.events.LeafOrder;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import javax.security.auth.x500.X500Principal;

/**
 * Completes a draft with a placeholder signature, reads it back with the JDK's parser and compares
 * every field with the command. Only what passes may go to the token: what a token has signed
 * cannot be taken back.
 */
public final class Rehearsal {
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
  private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String CRL_DISTRIBUTION_POINTS = "2.5.29.31";
  private static final String AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";
  private static final int NO_NAME = -1;
  private static final int EMAIL = 1;
  private static final int DNS_NAME = 2;
  private static final int URI = 6;
  private static final int ADDRESS = 7;
  private static final int NO_CA = -1;
  // Positions in KeyUsage (RFC 5280, section 4.2.1.3).
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;

  private final X509Certificate read;
  private final List<String> differences = new ArrayList<>();

  private Rehearsal(X509Certificate read) {
    this.read = read;
  }

  /**
   * Rehearses a CA certificate.
   *
   * @throws Refused as {@link Refusal#REHEARSAL_FAILED}, naming every field that differs
   */
  public static void of(ToBeSigned draft, SignCaCertificate command) throws Refused {
    var rehearsal = new Rehearsal(readBack(draft));
    X500Principal subject = principal(command.draft().subject());
    var ca = command.draft();
    rehearsal.common(command.suite(), ca.serial(), command.publicKey());
    rehearsal.validity(ca.notBefore(), ca.notAfter());
    rehearsal.same("subject", subject, rehearsal.read.getSubjectX500Principal());
    rehearsal.same("issuer", subject, rehearsal.read.getIssuerX500Principal());
    rehearsal.same("path length", 0, rehearsal.read.getBasicConstraints());
    rehearsal.keyUsage(KEY_CERT_SIGN, CRL_SIGN);
    rehearsal.extensions(Set.of(KEY_USAGE, BASIC_CONSTRAINTS), Set.of(SUBJECT_KEY_IDENTIFIER));
    rehearsal.verdict();
  }

  /**
   * Rehearses a leaf certificate.
   *
   * @throws Refused as {@link Refusal#REHEARSAL_FAILED}, naming every field that differs
   */
  public static void of(ToBeSigned draft, HouseId house, SignLeaf asked, Issuer issuer)
      throws Refused {
    LeafOrder command = asked.order();
    var rehearsal = new Rehearsal(readBack(draft));
    X509Certificate read = rehearsal.read;
    rehearsal.common(command.suite(), command.serial(), asked.publicKey());
    rehearsal.validity(command.notBefore(), command.notAfter());
    rehearsal.same(
        "subject", new X500Principal("CN=" + Drafts.name(asked)), read.getSubjectX500Principal());
    rehearsal.same("issuer", issuer.name(), Bytes.of(read.getIssuerX500Principal().getEncoded()));
    rehearsal.same("path length", NO_CA, read.getBasicConstraints());
    rehearsal.keyUsage(DIGITAL_SIGNATURE);
    rehearsal.purposes(Drafts.isSvid(asked) ? Profile.BOTH : command.profile());
    rehearsal.names(house, asked);
    rehearsal.extensions(Set.of(KEY_USAGE), others(asked));
    rehearsal.distribution(asked);
    rehearsal.same(
        "authority key identifier",
        Optional.of(WrittenByHand.authorityKeyIdentifier(issuer.keyIdentifier())),
        rehearsal.extension(AUTHORITY_KEY_IDENTIFIER));
    rehearsal.verdict();
  }

  private static X500Principal principal(String subject) throws Refused {
    try {
      return new X500Principal(subject);
    } catch (IllegalArgumentException e) {
      throw new Refused(
          Refusal.BAD_SUBJECT,
          "the subject is no distinguished name that every reader knows: " + e.getMessage(),
          e);
    }
  }

  private static X509Certificate readBack(ToBeSigned draft) throws Refused {
    byte[] whole = draft.complete(Placeholder.of(draft.suite())).toArray();
    try {
      var read =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(whole));
      if (Arrays.equals(read.getTBSCertificate(), draft.bytes().toArray())) {
        return read;
      }
    } catch (CertificateException e) {
      throw failed("the draft cannot be read back: %s".formatted(e.getMessage()), e);
    }
    throw failed("the draft is not what was read back", null);
  }

  private void common(Suite suite, Serial serial, Bytes publicKey) {
    same("version", 3, read.getVersion());
    same("signature algorithm", suite.jcaSignature(), read.getSigAlgName());
    same("serial number", serial.number(), read.getSerialNumber());
    same("public key", publicKey, Bytes.of(read.getPublicKey().getEncoded()));
    same(
        "subject key identifier",
        Optional.of(WrittenByHand.subjectKeyIdentifier(Drafts.keyIdentifier(publicKey))),
        extension(SUBJECT_KEY_IDENTIFIER));
  }

  private void validity(Instant from, Instant to) {
    same("begin", from, read.getNotBefore().toInstant());
    same("end", to, read.getNotAfter().toInstant());
  }

  private void keyUsage(int... wanted) {
    boolean[] bits = Objects.requireNonNullElse(read.getKeyUsage(), new boolean[0]);
    same(
        "key usage",
        IntStream.of(wanted).boxed().toList(),
        IntStream.range(0, bits.length).filter(i -> bits[i]).boxed().toList());
  }

  private void purposes(Profile profile) {
    List<String> wanted =
        switch (profile) {
          case CLIENT, CANARY_CLIENT -> List.of(CLIENT_AUTH);
          case SERVER, CANARY_SERVER -> List.of(SERVER_AUTH);
          case BOTH -> List.of(CLIENT_AUTH, SERVER_AUTH);
        };
    try {
      same("extended key usage", wanted, read.getExtendedKeyUsage());
    } catch (CertificateException e) {
      differences.add("extended key usage cannot be read");
    }
  }

  private static Set<String> others(SignLeaf asked) {
    var all =
        new TreeSet<>(
            Set.of(
                EXTENDED_KEY_USAGE,
                SUBJECT_ALTERNATIVE_NAME,
                SUBJECT_KEY_IDENTIFIER,
                AUTHORITY_KEY_IDENTIFIER));
    if (asked.distribution().isPresent()) {
      all.add(CRL_DISTRIBUTION_POINTS);
      all.add(AUTHORITY_INFO_ACCESS);
    }
    return all;
  }

  private void distribution(SignLeaf asked) {
    asked
        .distribution()
        .ifPresent(d -> {
          same(
              "CRL distribution point",
              Optional.of(WrittenByHand.distributionPoint(d.crl())),
              extension(CRL_DISTRIBUTION_POINTS));
          same(
              "authority information access",
              Optional.of(WrittenByHand.caIssuers(d.certificate())),
              extension(AUTHORITY_INFO_ACCESS));
        });
  }

  private void names(HouseId house, SignLeaf asked) {
    List<List<?>> wanted = new ArrayList<>();
    wanted.add(List.of(DNS_NAME, Drafts.name(asked)));
    Drafts.uri(house, asked).ifPresent(uri -> wanted.add(List.of(URI, uri)));
    for (SubjectName name : asked.names()) {
      wanted.add(List.of(type(name.kind()), name.text()));
    }
    try {
      Collection<List<?>> names = read.getSubjectAlternativeNames();
      same("alternative names", wanted, listed(names));
    } catch (CertificateException e) {
      differences.add("alternative names cannot be read");
    }
  }

  private static int type(SubjectName.Kind kind) {
    return switch (kind) {
      case EMAIL -> EMAIL;
      case DNS -> DNS_NAME;
      case URI -> URI;
      case IP -> ADDRESS;
      case PRINCIPAL, AUDIENCE -> NO_NAME;
    };
  }

  /** Addresses of version 6 in the one form that we know (RFC 5952), which is not the JDK's. */
  private static List<List<?>> listed(Collection<List<?>> names) {
    List<List<?>> all = new ArrayList<>();
    for (List<?> name : names == null ? List.<List<?>>of() : names) {
      boolean address = name.getFirst().equals(ADDRESS);
      all.add(address ? List.of(ADDRESS, address((String) name.getLast())) : name);
    }
    return all;
  }

  private static String address(String text) {
    return IpAddress.text(IpAddress.octets(text.toLowerCase(Locale.ROOT)));
  }

  private void extensions(Set<String> critical, Set<String> others) {
    same("critical extensions", sorted(critical), sorted(read.getCriticalExtensionOIDs()));
    same("other extensions", sorted(others), sorted(read.getNonCriticalExtensionOIDs()));
  }

  private static SortedSet<String> sorted(Set<String> oids) {
    return oids == null ? new TreeSet<>() : new TreeSet<>(oids);
  }

  private Optional<Bytes> extension(String oid) {
    return Optional.ofNullable(read.getExtensionValue(oid)).map(Bytes::of);
  }

  private <T> void same(String field, T wanted, T found) {
    if (!wanted.equals(found)) {
      differences.add("%s is '%s' and must be '%s'".formatted(field, found, wanted));
    }
  }

  private void verdict() throws Refused {
    if (!differences.isEmpty()) {
      throw failed(String.join("; ", differences), null);
    }
  }

  private static Refused failed(String message, Throwable cause) {
    return new Refused(
        Refusal.REHEARSAL_FAILED, "the draft does not fit its command: " + message, cause);
  }
}
