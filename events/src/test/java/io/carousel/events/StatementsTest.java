package io.carousel.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What keys outside of records sign, letter by letter: others write the same in other languages.
 */
class StatementsTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final AuthorityName USER = new AuthorityName("user");
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final Digest ONES = new Digest("1".repeat(64));
  private static final Digest TWOS = new Digest("2".repeat(64));
  private static final Bytes EMPTY = Bytes.of(new byte[0]);
  private static final String NOTHING_HASHED =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @Test
  void possessionOfAKey() {
    assertSays(
        Statements.possessionOfKey(
            HOUSE,
            new CommandId("0195518e-2c7b-7a10-8123-456789abcdef"),
            new SlotName("hsm-a"),
            new KeyId("a1b2"),
            EMPTY),
        "carousel-key-possession-v1",
        HOUSE.value(),
        "0195518e-2c7b-7a10-8123-456789abcdef",
        "hsm-a",
        "a1b2",
        NOTHING_HASHED);
  }

  @Test
  void aReport() {
    assertSays(
        Statements.report(
            HOUSE,
            WEB,
            9,
            USER,
            7,
            ONES,
            List.of(TWOS, ONES),
            List.of(
                new Report.Presented(
                    Format.SSH,
                    Profile.SERVER,
                    new Serial("b"),
                    TWOS,
                    EMPTY,
                    Optional.of(new Report.Observation(3, 2))),
                new Report.Presented(Format.X509, Profile.CLIENT, new Serial("a"), ONES, EMPTY)),
            List.of(new Report.Tried(EMPTY, true, EMPTY), new Report.Tried(EMPTY, false, EMPTY)),
            Optional.of("no room"),
            Optional.of(4)),
        "carousel-report-v1",
        HOUSE.value(),
        "web-1",
        "9",
        "user",
        "7",
        ONES.value(),
        ONES + "," + TWOS,
        "ssh:server:b:" + TWOS + ":2/3,x509:client:a:" + ONES + ":",
        NOTHING_HASHED + ":refused," + NOTHING_HASHED + ":accepted",
        "no room",
        "4");
  }

  @Test
  void aCanary() {
    assertSays(
        Statements.tried(HOUSE, WEB, USER, EMPTY, true),
        "carousel-canary-v1",
        HOUSE.value(),
        "web-1",
        "user",
        NOTHING_HASHED,
        "refused");
  }

  @Test
  void possessionOfACredential() {
    assertSays(
        Statements.possessionOfCredential(
            HOUSE, WEB, 9, USER, ONES, Format.X509, Profile.BOTH, new Serial("1f")),
        "carousel-credential-possession-v1",
        HOUSE.value(),
        "web-1",
        "9",
        "user",
        ONES.value(),
        "x509",
        "both",
        "1f");
  }

  @Test
  void aCredentialRequest() {
    assertSays(
        Statements.credentialRequest(
            HOUSE,
            WEB,
            USER,
            Format.SSH,
            Profile.CLIENT,
            EMPTY,
            List.of(new SubjectName("principal:deploy"), new SubjectName("principal:admin")),
            Instant.parse("2026-03-01T12:00:00.5Z")),
        "carousel-credential-request-v1",
        HOUSE.value(),
        "web-1",
        "user",
        "ssh",
        "client",
        NOTHING_HASHED,
        "principal:admin principal:deploy",
        "2026-03-01T12:00:00.500Z");
  }

  @Test
  void anEnrolment() {
    assertSays(
        Statements.enrolment(
            HOUSE,
            WEB,
            EMPTY,
            new EnrolmentTokenId("0011223344556677"),
            Instant.parse("2026-03-01T12:00:00Z")),
        "carousel-enrolment-v1",
        HOUSE.value(),
        "web-1",
        NOTHING_HASHED,
        "0011223344556677",
        "2026-03-01T12:00:00Z");
  }

  private static void assertSays(byte[] statement, String... lines) {
    assertThat(new String(statement, UTF_8)).isEqualTo(String.join("\n", lines) + "\n");
  }
}
