package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.DistinguishedName;
import io.carousel.events.Policy;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a certificate that came from outside may become that of a key (RFC 5280, sections 4.1 and
 * 4.2). An external root has habits of its own, so more is allowed than in {@link CaCheck}:
 * whatever takes nothing from the paths that are needed and adds none.
 */
final class ImportedCheck {
  private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
  private static final String NAME_CONSTRAINTS = "2.5.29.30";
  private static final Set<String> EITHER_PURPOSE = Set.of("2.5.29.37.0");
  private static final Set<String> BOTH_PURPOSES = Set.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final int OCTET_STRING_HEADER = 2;
  // OCTET STRING around SEQUENCE around [0], each of fewer than 128 octets.
  private static final int IDENTIFIER_AT = 6;
  private static final byte IDENTIFIER = (byte) 0x80;

  private final X509Certificate x;
  private final X509Certificate root;
  private final Policy policy;
  private final Instant now;

  /** A flaw, and what was found, in words. */
  record Found(CertificateFlaw flaw, String detail) {}

  ImportedCheck(X509Certificate x, X509Certificate root, Policy policy, Instant now) {
    this.x = x;
    this.root = root;
    this.policy = policy;
    this.now = now;
  }

  /**
   * The first thing that is wrong with it.
   *
   * @param subject the distinguished name in the request of its key, DER
   */
  Optional<Found> flaw(Bytes subject) {
    return issuer()
        .or(() ->
            Names.subject(x)
                .difference("in the certificate", new DistinguishedName(subject), "in the request")
                .map(why ->
                    new Found(
                        CertificateFlaw.SUBJECT, "its subject is not that of the request: " + why)))
        .or(this::constraints)
        .or(this::usage)
        .or(this::purposes)
        .or(this::extensions)
        .or(this::identifiers)
        .or(this::validity);
  }

  private static Optional<Found> check(boolean holds, CertificateFlaw flaw, String detail) {
    return holds ? Optional.empty() : Optional.of(new Found(flaw, detail));
  }

  private Optional<Found> issuer() {
    return Names.otherIssuer(x, root)
        .map(why ->
            new Found(
                CertificateFlaw.ISSUER,
                "its issuer is '%s' and not the root '%s' (%s); a CA between the two is not supported"
                    .formatted(x.getIssuerX500Principal(), root.getSubjectX500Principal(), why)))
        .or(() ->
            check(isSigned(), CertificateFlaw.SIGNATURE, "it does not verify under the root's key"))
        .or(() ->
            check(
                RootCheck.isSound(x.getSigAlgOID()),
                CertificateFlaw.ALGORITHM,
                "its signature algorithm %s is none of RSA and ECDSA with SHA-2, and EdDSA"
                    .formatted(x.getSigAlgName())));
  }

  private boolean isSigned() {
    try {
      x.verify(root.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private Optional<Found> constraints() {
    boolean critical =
        CaCheck.nonNull(x.getCriticalExtensionOIDs()).contains(CaCheck.BASIC_CONSTRAINTS);
    return check(
        x.getBasicConstraints() == 0 && critical,
        CertificateFlaw.BASIC_CONSTRAINTS,
        "it must say critically that it is a CA's with path length 0");
  }

  private Optional<Found> usage() {
    boolean[] usage = x.getKeyUsage();
    var allowed = new HashSet<Integer>();
    for (int i = 0; usage != null && i < usage.length; i++) {
      if (usage[i]) {
        allowed.add(i);
      }
    }
    boolean enough = allowed.containsAll(Set.of(KEY_CERT_SIGN, CRL_SIGN));
    boolean noMore = Set.of(DIGITAL_SIGNATURE, KEY_CERT_SIGN, CRL_SIGN).containsAll(allowed);
    return check(
        enough && noMore,
        CertificateFlaw.KEY_USAGE,
        "its key usage must be keyCertSign and cRLSign, and no more beside them than digitalSignature");
  }

  /** Many programs take the purposes of a CA as limits of what is below it. */
  private Optional<Found> purposes() {
    List<String> all;
    try {
      all = x.getExtendedKeyUsage();
    } catch (CertificateParsingException e) {
      all = List.of();
    }
    return check(
        all == null || all.containsAll(EITHER_PURPOSE) || all.containsAll(BOTH_PURPOSES),
        CertificateFlaw.PURPOSE,
        "its extended key usage must allow both TLS servers and clients below it, or be left out");
  }

  private Optional<Found> extensions() {
    var critical = new HashSet<>(CaCheck.nonNull(x.getCriticalExtensionOIDs()));
    critical.removeAll(Set.of(CaCheck.BASIC_CONSTRAINTS, CaCheck.KEY_USAGE));
    return check(
            critical.isEmpty(),
            CertificateFlaw.EXTENSION,
            "its critical extension %s demands what credentials of this authority may not keep"
                .formatted(Refusal.few(critical.stream().sorted().toList())))
        .or(() ->
            check(
                x.getExtensionValue(NAME_CONSTRAINTS) == null,
                CertificateFlaw.EXTENSION,
                "its name constraints may forbid names that credentials of this authority have"));
  }

  /**
   * Leaf certificates and CRLs repeat the first of the two as it stands. How it was made is the
   * root's to choose (RFC 5280, section 4.2.1.2): what CAs in Go write is no digest that is named
   * there.
   */
  private Optional<Found> identifiers() {
    byte[] above = x.getExtensionValue(AUTHORITY_KEY_IDENTIFIER);
    return check(
            ForeignCaCheck.isIdentified(x),
            CertificateFlaw.KEY_IDENTIFIER,
            "its subject key identifier is missing, empty or longer than %d octets"
                .formatted(ForeignCaCheck.IDENTIFIER_LIMIT))
        .or(() ->
            check(
                above == null || fits(above, root.getExtensionValue(CaCheck.KEY_IDENTIFIER)),
                CertificateFlaw.AUTHORITY_KEY_IDENTIFIER,
                "its authority key identifier is not the root's subject key identifier"));
  }

  /** Where it has a key identifier, and the root one too, they must be the same. */
  private static boolean fits(byte[] above, byte[] root) {
    if (root == null || above.length <= IDENTIFIER_AT || above[4] != IDENTIFIER) {
      return true;
    }
    int length = above[5];
    byte[] wanted = Arrays.copyOfRange(root, 2 * OCTET_STRING_HEADER, root.length);
    return length >= 0
        && above.length >= IDENTIFIER_AT + length
        && Arrays.equals(Arrays.copyOfRange(above, IDENTIFIER_AT, IDENTIFIER_AT + length), wanted);
  }

  private Optional<Found> validity() {
    Instant from = x.getNotBefore().toInstant();
    Instant to = x.getNotAfter().toInstant();
    Instant rootEnd = root.getNotAfter().toInstant();
    return check(
            !now.isBefore(from),
            CertificateFlaw.VALIDITY,
            "it is not valid before %s, and it is %s".formatted(from, now))
        .or(() ->
            check(
                !to.isBefore(now.plus(policy.leafLifetime())),
                CertificateFlaw.VALIDITY,
                "it ends at %s, within the lifetime of one credential".formatted(to)))
        .or(() ->
            check(
                !to.isAfter(rootEnd),
                CertificateFlaw.OUTLIVES_ROOT,
                "it ends at %s, after its root at %s".formatted(to, rootEnd)))
        .or(() ->
            check(
                !to.isAfter(now.plus(policy.caLifetime()).plus(policy.backdating())),
                CertificateFlaw.TOO_LONG,
                "it ends at %s, and CA certificates of this authority live for %d days at most"
                    .formatted(to, policy.caLifetime().toDays())));
  }
}
