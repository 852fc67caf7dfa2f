package io.carousel.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.stream.Collectors;

/**
 * The bytes that keys outside of records sign: lines of text that begin with what they are, so that
 * no signature made for one purpose serves another, and none can be mistaken for a certificate.
 */
public final class Statements {
  private Statements() {}

  /** What a fresh HSM key signs to show that its worker can use it. */
  public static byte[] possessionOfKey(
      HouseId house, CommandId command, SlotName slot, KeyId key, Bytes publicKey) {
    return lines("carousel-key-possession-v1", house, command, slot, key, publicKey.digest());
  }

  /** What the keys of the built-in authority sign of a trust bundle. */
  public static byte[] bundle(HouseId house, TrustStatement statement) {
    return lines(
        "carousel-bundle-v1",
        house,
        statement.authority(),
        statement.bundle(),
        statement.keys().stream().map(Digest::value).collect(Collectors.joining(",")),
        statement.content());
  }

  /** What a {@link TrustStatement} has the digest of. */
  static byte[] trusted(TrustBundle bundle) {
    return lines(
        "carousel-trust-v1",
        bundle.trusted().stream()
            .map(k ->
                "%s:%d:%s:%s"
                    .formatted(
                        k.format(),
                        k.generation(),
                        k.key(),
                        k.certificate().map(c -> c.digest().value()).orElse("")))
            .sorted()
            .collect(Collectors.joining(",")),
        bundle
            .root()
            .map(r ->
                "%s:%s:%s"
                    .formatted(
                        r.use(),
                        r.certificate().digest(),
                        r.crl().map(c -> c.digest().value()).orElse("")))
            .orElse(""));
  }

  /** What a participant's identity key signs in a report. */
  public static byte[] report(
      HouseId house,
      ParticipantName participant,
      long counter,
      AuthorityName authority,
      long bundle,
      Digest challenge,
      java.util.List<Digest> trusts,
      java.util.List<Report.Presented> presents,
      java.util.List<Report.Tried> tried,
      java.util.Optional<String> trouble,
      java.util.Optional<Integer> earlierConnections) {
    return lines(
        "carousel-report-v1",
        house,
        participant,
        counter,
        authority,
        bundle,
        challenge,
        trusts.stream().sorted().map(Digest::value).collect(Collectors.joining(",")),
        presents.stream()
            .map(p ->
                "%s:%s:%s:%s:%s"
                    .formatted(
                        p.format(),
                        p.profile(),
                        p.serial(),
                        p.issuerKey(),
                        p.observed().map(Object::toString).orElse("")))
            .collect(Collectors.joining(",")),
        tried.stream()
            .map(t -> t.canary().digest() + ":" + outcome(t.refused()))
            .collect(Collectors.joining(",")),
        trouble.orElse(""),
        earlierConnections.map(Object::toString).orElse(""));
  }

  private static String outcome(boolean refused) {
    return refused ? "refused" : "accepted";
  }

  /**
   * What the key of a canary signs, of what a verifier made of it that did not trust its issuer.
   */
  public static byte[] tried(
      HouseId house,
      ParticipantName participant,
      AuthorityName authority,
      Bytes canary,
      boolean refused) {
    return lines(
        "carousel-canary-v1", house, participant, authority, canary.digest(), outcome(refused));
  }

  /** What the key of a credential signs in a report. */
  public static byte[] possessionOfCredential(
      HouseId house,
      ParticipantName participant,
      long counter,
      AuthorityName authority,
      Digest challenge,
      Format format,
      Profile profile,
      Serial serial) {
    return lines(
        "carousel-credential-possession-v1",
        house,
        participant,
        counter,
        authority,
        challenge,
        format,
        profile,
        serial);
  }

  /** What a participant's identity key signs when it asks for a credential. */
  public static byte[] credentialRequest(
      HouseId house,
      ParticipantName participant,
      AuthorityName authority,
      Format format,
      Profile profile,
      Bytes subject,
      java.util.List<SubjectName> names,
      java.time.Instant at) {
    return lines(
        "carousel-credential-request-v1",
        house,
        participant,
        authority,
        format,
        profile,
        subject.digest(),
        names.stream().sorted().map(SubjectName::value).collect(Collectors.joining(" ")),
        at);
  }

  /** What a token's key and a host's identity key sign when the host asks to be let in. */
  public static byte[] enrolment(
      HouseId house,
      ParticipantName participant,
      Bytes identityKey,
      EnrolmentTokenId token,
      java.time.Instant time) {
    return lines("carousel-enrolment-v1", house, participant, identityKey.digest(), token, time);
  }

  private static byte[] lines(Object... parts) {
    var text = new StringBuilder();
    for (Object part : parts) {
      text.append(part).append('\n');
    }
    return text.toString().getBytes(UTF_8);
  }
}
