package io.carousel.signer.token.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.testing.Pkcs11Spy;
import io.carousel.events.testing.SpyLog;
import io.carousel.signer.token.ChildJvm;
import io.carousel.signer.token.SignMessages;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures as counted by a module between ours and the token. */
class SpyTest {
  private static final int KILLS = 3;
  private static final int ENDLESS = 1_000_000;

  @TempDir private Path directory;
  private TokenConfig config;
  private Pkcs11Spy spy;

  @BeforeEach
  void put() throws Exception {
    config = SoftHsm.newToken(directory);
    spy = Pkcs11Spy.in(directory);
  }

  private ChildJvm sign(int from, int count) throws Exception {
    return ChildJvm.start(
        SignMessages.class,
        directory,
        spy.environment(config.module()),
        spy.module().toString(),
        config.tokenLabel(),
        config.pinFile().toString(),
        Integer.toString(from),
        Integer.toString(count));
  }

  /** SHA-256 of what C_Sign must get for the message of that number. */
  private static String input(int number) {
    return SpyLog.sha256(Algorithm.input(SignMessages.suite(number), SignMessages.message(number)));
  }

  private static Set<Integer> numbers(String word, List<String> lines) {
    Set<Integer> numbers = new HashSet<>();
    for (String line : lines) {
      if (line.matches(word + " \\d+")) {
        numbers.add(Integer.parseInt(line.substring(word.length() + 1)));
      }
    }
    return numbers;
  }

  @Test
  void everyMessageAskedForIsSignedOnceAndNothingElse() throws Exception {
    int count = 60;
    Map<String, Integer> expected = new TreeMap<>();
    for (int number = 0; number < count; number++) {
      expected.merge(input(number), 1, Integer::sum);
    }

    try (ChildJvm child = sign(0, count)) {
      assertThat(numbers("signed", child.end())).hasSize(count);
    }

    SpyLog log = spy.log();
    assertThat(log.signaturesBySha256()).isEqualTo(expected);
    assertThat(log.signatures()).hasSize(count).allMatch(SpyLog.Signature::done);
    assertThat(log.calls())
        .extracting(SpyLog.Call::function)
        .doesNotContain(
            "C_SignUpdate", "C_SignFinal", "C_SignRecover", "C_WrapKey", "C_CopyObject");
    assertThat(log.count("C_Login")).isEqualTo(1);
    assertThat(log.count("C_GenerateKeyPair")).isEqualTo(3);
  }

  @Test
  void aKilledProgramHasSignedNothingButWhatItWasAsked() throws Exception {
    List<String> said = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      try (ChildJvm child = sign(kill * ENDLESS, ENDLESS)) {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> numbers("signed", child.lines()).size() > 20);
        said.addAll(child.kill());
      }
    }

    Set<Integer> asked = numbers("asked", said);
    Set<Integer> signed = numbers("signed", said);
    Map<String, Integer> counted = spy.log().signaturesBySha256();

    assertThat(signed).hasSizeGreaterThan(20 * KILLS);
    assertThat(counted).allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
    assertThat(asked.stream().map(SpyTest::input).toList()).containsAll(counted.keySet());
    assertThat(counted.keySet()).containsAll(signed.stream().map(SpyTest::input).toList());
    assertThat(counted.size() - signed.size()).as("surplus").isBetween(0, KILLS);
    assertThat(spy.log().signatures().stream().filter(s -> !s.done()).count())
        .as("cut short")
        .isLessThanOrEqualTo(KILLS);
  }
}
