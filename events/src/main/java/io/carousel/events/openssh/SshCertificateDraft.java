package io.carousel.events.openssh;

import static java.time.temporal.ChronoUnit.SECONDS;

import io.carousel.events.Bytes;
import io.carousel.events.Identifier;
import io.carousel.events.Suite;
import io.carousel.events.Word;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a certificate says (PROTOCOL.certkeys), before anybody has signed it.
 *
 * @param nonce chosen by the CA, {@value #NONCE_AT_LEAST} to {@value #NONCE_AT_MOST} octets that
 *     nobody else could foresee
 * @param key the key that is certified
 * @param keyId by which sshd's log names the certificate
 * @param principals the names of users or of hosts that it is good for; in their order
 * @param validAfter the first second at which it is good
 * @param validBefore the first second at which it is good no longer
 * @param criticalOptions by name; an empty value is a flag. What an option means is the profile's
 *     business, except that OpenSSH refuses host certificates that have any
 * @param extensions by name; an empty value is a flag
 * @param signatureKey the CA's; of one of our suites
 */
public record SshCertificateDraft(
    Kind kind,
    Bytes nonce,
    SshPublicKey key,
    SshSerial serial,
    String keyId,
    List<String> principals,
    Instant validAfter,
    Instant validBefore,
    SortedMap<String, String> criticalOptions,
    SortedMap<String, String> extensions,
    SshPublicKey signatureKey) {
  /** What makes a signature unforeseeable where hashes collide; in octets (PROTOCOL.certkeys). */
  public static final int NONCE_AT_LEAST = 16;

  /** Twice what ssh-keygen writes: more would be room for a collision; in octets. */
  public static final int NONCE_AT_MOST = 64;

  /** OpenSSH reads no more (SSHKEY_CERT_MAX_PRINCIPALS). */
  public static final int PRINCIPALS_LIMIT = 256;

  /** The longest name of a host (RFC 1035, section 2.3.4); in characters. */
  public static final int PRINCIPAL_LIMIT = 255;

  /** Stays one readable line in sshd's log, which holds 1024 characters; in characters. */
  public static final int KEY_ID_LIMIT = 255;

  /** More than there are, and few enough for what {@link #VALUE_LIMIT} allows in one packet. */
  public static final int OPTIONS_LIMIT = 16;

  /** As long as names of algorithms and methods may be (RFC 4251, section 6); in characters. */
  public static final int OPTION_NAME_LIMIT = 64;

  /** A command, or a list of networks; all of them fit into one packet; in characters. */
  public static final int VALUE_LIMIT = 4096;

  /** Later than that, {@code ssh-keygen -L} and X.509 (RFC 5280, section 4.1.2.5) say nothing. */
  public static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /** Critical options of user certificates that OpenSSH knows. */
  private static final Set<String> CRITICAL =
      Set.of("force-command", "source-address", "verify-required");

  /**
   * Lists are separated by commas, and files of principals read a number sign as a comment. The
   * others make patterns, which some releases of OpenSSH look for in a host's principals: no
   * certificate should be good for names that it does not say.
   */
  private static final String NOT_IN_PRINCIPALS = " ,*?!\"#";

  /** Whom a certificate is about. */
  public enum Kind implements Word {
    /** Its principals are names of users. */
    USER("user", 1),
    /** Its principals are names of hosts. */
    HOST("host", 2);

    private final String wire;
    private final int number;

    Kind(String wire, int number) {
      this.wire = wire;
      this.number = number;
    }

    @Override
    public String wire() {
      return wire;
    }

    /** SSH_CERT_TYPE_USER or SSH_CERT_TYPE_HOST. */
    int number() {
      return number;
    }
  }

  /**
   * Checks all of it.
   *
   * @throws IllegalArgumentException if OpenSSH would not believe it, or nobody should; says why
   */
  public SshCertificateDraft {
    check(
        nonce.length() >= NONCE_AT_LEAST && nonce.length() <= NONCE_AT_MOST,
        "a nonce has %d to %d octets".formatted(NONCE_AT_LEAST, NONCE_AT_MOST));
    Texts.check("key id", keyId, KEY_ID_LIMIT);
    principals = List.copyOf(principals);
    checkPrincipals(principals);
    checkValidity(validAfter, validBefore);
    criticalOptions = options(criticalOptions);
    extensions = options(extensions);
    checkCritical(kind, criticalOptions);
    suiteOf(signatureKey);
  }

  private static void checkPrincipals(List<String> principals) {
    check(
        !principals.isEmpty(), "a certificate without principals would be good for all: name them");
    check(
        principals.size() <= PRINCIPALS_LIMIT,
        "%d principals are more than OpenSSH reads: at most %d"
            .formatted(principals.size(), PRINCIPALS_LIMIT));
    principals.forEach(
        name -> Texts.checkWord("principal", name, PRINCIPAL_LIMIT, NOT_IN_PRINCIPALS));
    check(
        new HashSet<>(principals).size() == principals.size(),
        "a principal is named more than once");
  }

  private static void checkValidity(Instant after, Instant before) {
    check(
        after.equals(after.truncatedTo(SECONDS)) && before.equals(before.truncatedTo(SECONDS)),
        "a certificate begins and ends with whole seconds");
    check(
        after.getEpochSecond() >= 0 && !before.isAfter(LATEST),
        "a certificate is good between 1970 and 9999; one that never ends is none");
    check(
        after.isBefore(before),
        "a certificate that ends at %s cannot begin at %s".formatted(before, after));
  }

  private static SortedMap<String, String> options(Map<String, String> options) {
    check(
        options.size() <= OPTIONS_LIMIT,
        "%d options are too many: at most %d".formatted(options.size(), OPTIONS_LIMIT));
    options.forEach((name, value) -> {
      Texts.checkWord("name of an option", name, OPTION_NAME_LIMIT, " ,=\"");
      if (!value.isEmpty()) {
        Texts.check("value of " + name, value, VALUE_LIMIT);
      }
    });
    return Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  private static void checkCritical(Kind kind, Map<String, String> options) {
    check(
        kind == Kind.USER || options.isEmpty(),
        "no critical option is known for hosts: OpenSSH would refuse the certificate");
    options.forEach((name, value) -> {
      check(
          CRITICAL.contains(name) || name.contains("@"),
          "%s is no critical option that OpenSSH knows: it would refuse the certificate"
              .formatted(Identifier.printable(name)));
      check(
          !CRITICAL.contains(name) || value.isEmpty() == name.equals("verify-required"),
          "the value of %s is missing, or one too many".formatted(name));
    });
  }

  private static Suite suiteOf(SshPublicKey signatureKey) {
    return signatureKey
        .key()
        .suite()
        .orElseThrow(() -> new IllegalArgumentException("the signature key is of no known suite"));
  }

  private static void check(boolean holds, String why) {
    if (!holds) {
      throw new IllegalArgumentException(why);
    }
  }

  /** The suite in which the CA signs this. */
  public Suite suite() {
    return suiteOf(signatureKey);
  }

  /** The bytes that the CA signs: all but the signature. */
  public Bytes toBeSigned() {
    var out = new SshOutput();
    out.string(SshKeyType.of(key.key()).certificateName()).string(nonce);
    key.writeFields(out);
    out.uint64(serial.bits()).uint32(kind.number()).string(keyId);
    var names = new SshOutput();
    principals.forEach(names::string);
    out.string(names).uint64(validAfter.getEpochSecond()).uint64(validBefore.getEpochSecond());
    out.string(written(criticalOptions)).string(written(extensions));
    byte[] reserved = {};
    return out.string(reserved).string(signatureKey.blob()).bytes();
  }

  /** A value is a string within a string; a flag has an empty one. */
  private static SshOutput written(SortedMap<String, String> options) {
    var out = new SshOutput();
    options.forEach((name, value) -> {
      var data = new SshOutput();
      out.string(name).string(value.isEmpty() ? data : data.string(value));
    });
    return out;
  }

  /**
   * The certificate, once it is signed. Whether the signature holds is not asked here: {@link
   * SshCertificate#verifies} tells.
   *
   * @param signature over {@link #toBeSigned}, in the form of X.509: an octet string as long as the
   *     modulus (RSA PKCS#1 v1.5 with SHA-256), Ecdsa-Sig-Value in DER, or 64 octets (Ed25519)
   * @throws IllegalArgumentException if it is not in the form that the suite gives
   */
  public SshCertificate complete(Bytes signature) {
    var signed = SshSignature.ofX509(suite(), signatureKey.key(), signature);
    return new SshCertificate(this, toBeSigned(), signed);
  }
}
