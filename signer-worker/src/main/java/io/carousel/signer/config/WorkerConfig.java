package io.carousel.signer.config;

import io.carousel.events.AuthorName;
import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.Suite;
import io.carousel.events.Word;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.NameLimits;
import io.carousel.signer.trust.NameLimits.Pattern;
import io.carousel.signer.trust.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * All that a worker is told.
 *
 * @param slot whose commands it carries out; one worker process is bound to one slot
 * @param token the HSM token behind that slot, and how to get in
 * @param bootstrapServers where Kafka is, as {@code host:port,…}
 * @param startWithin how long broker, topics and groups may take to be there; then the worker gives
 *     up and says what is missing
 * @param founder the key that founded the house (Ed25519, SubjectPublicKeyInfo): everything the
 *     worker believes hangs on it, so it comes from here and not from Kafka
 * @param author the name under which its answers are signed and it is enrolled
 * @param authorKey the file of its signing key; made at the first start
 * @param leavesInHand how many leaf commands it takes up at once: what a killed worker makes others
 *     wait for
 * @param verification which of the token's signatures it verifies
 * @param limits what it signs, whatever anybody asks
 */
public record WorkerConfig(
    SlotName slot,
    TokenConfig token,
    String bootstrapServers,
    Duration startWithin,
    Bytes founder,
    AuthorName author,
    Path authorKey,
    int leavesInHand,
    Verification verification,
    Limits limits) {
  private static final int MOST_SESSIONS = 1024;
  private static final int MOST_IN_HAND = 1000;
  private static final int LEAVES_IN_HAND = 256;
  private static final Duration START_WITHIN = Duration.ofSeconds(30);
  private static final Duration HANGS_AFTER = Duration.ofMinutes(1);

  /**
   * Reads a file.
   *
   * @throws BadConfiguration listing all that is wrong with it
   */
  public static WorkerConfig read(Path file) throws BadConfiguration {
    List<String> faults = new ArrayList<>();
    Section root = new Section("", parse(file), faults);
    Optional<WorkerConfig> config = read(root, file.toAbsolutePath().getParent(), faults);
    if (!faults.isEmpty()) {
      throw new BadConfiguration(file, faults);
    }
    return config.orElseThrow();
  }

  private static Optional<WorkerConfig> read(Section root, Path base, List<String> faults) {
    Optional<SlotName> slot = root.parsed("slot", SlotName::new);
    Optional<TokenConfig> token = token(root.section("token"), base, faults);
    Section kafka = root.section("kafka");
    Optional<String> servers = kafka.text("bootstrapServers");
    Duration startWithin = kafka.span("startWithin", START_WITHIN);
    kafka.refuseUnknown();
    Section house = root.section("house");
    Optional<Bytes> founder = house.parsed("founder", Bytes::ofBase64);
    house.refuseUnknown();
    Section author = root.section("author");
    Optional<AuthorName> name = author.parsed("name", AuthorName::new);
    Optional<Path> keyFile = author.path("keyFile", base);
    author.refuseUnknown();
    int inHand = root.number("leavesInHand", 1, MOST_IN_HAND, LEAVES_IN_HAND);
    Verification verification =
        root.word("verify", w -> Word.of(Verification.class, w), Verification.ALL);
    Optional<Limits> limits = limits(root.section("limits"), faults);
    root.refuseUnknown();
    if (!faults.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new WorkerConfig(
            slot.orElseThrow(),
            token.orElseThrow(),
            servers.orElseThrow(),
            startWithin,
            founder.orElseThrow(),
            name.orElseThrow(),
            keyFile.orElseThrow(),
            inHand,
            verification,
            limits.orElseThrow()));
  }

  private static Optional<TokenConfig> token(Section from, Path base, List<String> faults) {
    Optional<Path> module = from.path("module", base);
    Optional<String> label = from.text("label");
    Optional<String> serial = from.optionalText("serial");
    Optional<Path> pinFile = from.path("pinFile", base);
    int cores = Runtime.getRuntime().availableProcessors();
    int sessions = from.number("sessions", 1, MOST_SESSIONS, cores);
    Optional<String> reserved = from.optionalText("reserved");
    boolean spendLastTries = from.flag("spendLastTries", false);
    Duration hangsAfter = from.span("hangsAfter", HANGS_AFTER);
    from.refuseUnknown();
    if (module.isEmpty() || label.isEmpty() || pinFile.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new TokenConfig(
              module.get(),
              label.get(),
              serial,
              pinFile.get(),
              sessions,
              reserved,
              spendLastTries,
              hangsAfter));
    } catch (IllegalArgumentException e) {
      faults.add("'token': " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<Limits> limits(Section from, List<String> faults) {
    Limits usual = Limits.DEFAULT;
    var formats = from.words("formats", w -> Word.of(Format.class, w), usual.formats());
    var profiles = from.words("profiles", w -> Word.of(Profile.class, w), usual.profiles());
    var suites = from.words("suites", Suite::of, usual.suites());
    var options = from.wordsOrNone("sshOptions", WorkerConfig::sshOption, usual.sshOptions());
    NameLimits names = names(from.section("names"));
    Duration leaf = from.span("leafLifetime", usual.leafLifetime());
    Duration ca = from.span("caLifetime", usual.caLifetime());
    Duration backdating = from.span("backdating", usual.backdating());
    Duration deadline = from.span("deadline", usual.deadline());
    boolean adopt = from.flag("adopt", usual.adopt());
    from.refuseUnknown();
    try {
      return Optional.of(
          new Limits(
              formats, profiles, names, options, suites, leaf, ca, backdating, deadline, adopt));
    } catch (IllegalArgumentException e) {
      faults.add("'limits': " + e.getMessage());
      return Optional.empty();
    }
  }

  private static NameLimits names(Section from) {
    NameLimits usual = NameLimits.DEFAULT;
    var allowed = from.words("allowed", Pattern::new, new LinkedHashSet<>(usual.allowed()));
    var forbidden =
        from.wordsOrNone("forbidden", Pattern::new, new LinkedHashSet<>(usual.forbidden()));
    boolean wildcards = from.flag("wildcards", usual.wildcards());
    from.refuseUnknown();
    return new NameLimits(List.copyOf(allowed), List.copyOf(forbidden), wildcards);
  }

  private static String sshOption(String name) {
    return new SshOptions(List.of(name), new TreeMap<>()).extensions().getFirst();
  }

  private static Map<?, ?> parse(Path file) throws BadConfiguration {
    var factory =
        YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (InputStream in = Files.newInputStream(file)) {
      Object content = YAMLMapper.builder(factory).build().readValue(in, Object.class);
      if (content instanceof Map<?, ?> map) {
        return map;
      }
      throw new BadConfiguration(file, List.of("it holds no keys"));
    } catch (NoSuchFileException e) {
      throw new BadConfiguration(file, List.of("there is no such file"));
    } catch (JacksonException e) {
      throw new BadConfiguration(
          file,
          List.of(
              "it is not YAML: %s (line %d)"
                  .formatted(e.getOriginalMessage(), e.getLocation().getLineNr())));
    } catch (IOException e) {
      throw new BadConfiguration(file, List.of("it cannot be read: " + e));
    }
  }
}
