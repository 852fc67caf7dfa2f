package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.events.PhaseName;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.orchestrator.documents.Authorities;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.KeyLine;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Slots;
import io.carousel.orchestrator.documents.Wanted.WantedAuthority;
import io.carousel.orchestrator.text.PlainText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carousel authority}. */
@Command(name = "authority", description = "Creates and shows certificate authorities.")
final class AuthorityCommands extends CommandGroup {
  static final String PATH = "/v1/authorities";

  static String path(AuthorityName name) {
    return PATH + "/" + name;
  }

  @Command(
      name = "create",
      description = "Creates an authority; its first keys are made in the HSMs.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel authority create user --wait",
        "  carousel authority create host --suite ed25519 --slot hsm-a,hsm-b --hold never"
      })
  static final class Create extends NodeCommand {
    @Parameters(
        paramLabel = "NAME",
        converter = Arguments.OfAuthority.class,
        description = "Its name: lower-case letters, digits, dots and hyphens.")
    private AuthorityName name;

    @Option(
        names = "--suite",
        paramLabel = "SUITE",
        converter = Arguments.OfSuite.class,
        completionCandidates = Arguments.Suites.class,
        defaultValue = "ecdsa-p256",
        description = "Its keys: ${COMPLETION-CANDIDATES}; by default ${DEFAULT-VALUE}.")
    private Suite suite;

    @Option(
        names = "--slot",
        paramLabel = "SLOT",
        split = ",",
        converter = Arguments.OfSlot.class,
        description = "Where its keys shall be; by default on all slots.")
    private List<SlotName> slots = List.of();

    @Option(
        names = "--leaf-lifetime",
        paramLabel = "TIME",
        converter = Arguments.OfDuration.class,
        description = "How long its credentials live; by default 24h.")
    private Duration leafLifetime;

    @Option(
        names = "--hold",
        paramLabel = "TIME",
        converter = Arguments.OfHold.class,
        description =
            "How long retired keys stay before they are destroyed, or 'never'; by default 7d.")
    private Arguments.Hold hold;

    @Option(names = "--wait", description = "Waits until its first keys are there.")
    private boolean wait;

    @Mixin private Waiting waiting;

    Create(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      var wanted =
          new WantedAuthority(
              name,
              Optional.of(suite),
              slots.isEmpty() ? allSlots(api) : slots,
              Optional.ofNullable(leafLifetime),
              Optional.empty(),
              Optional.empty(),
              Optional.ofNullable(hold).map(Arguments.Hold::wire));
      api.act(PATH, wanted);
      if (wait) {
        awaitKeys(api);
      }
      AuthorityDetails made = api.get(path(name), AuthorityDetails.class);
      show(made, this::tell);
    }

    private static List<SlotName> allSlots(Api api) {
      List<SlotName> all =
          api.get("/v1/slots", Slots.class).slots().stream().map(Slots.SlotLine::name).toList();
      if (all.isEmpty()) {
        throw CommandFailed.because(
            "no slot is registered yet, so there is no HSM to make keys in; see the node's own output");
      }
      return all;
    }

    private void awaitKeys(Api api) {
      until(
          () -> api.get(path(name) + "/rotation", RotationStatus.class),
          status -> status.seen().phase() != PhaseName.CREATING,
          waiting.timeout,
          RotationStatus::next);
    }

    private void tell(AuthorityDetails made) {
      say(
          made.phase() == PhaseName.CREATING
              ? "Authority %s is being created: its keys are made on %s; see 'carousel authority show %s'."
                  .formatted(name, PlainText.list(made.slots()), name)
              : "Authority %s is open: generation 1 signs with keys on %s."
                  .formatted(name, PlainText.list(made.slots())));
    }
  }

  @Command(
      name = "list",
      description = "Lists all authorities.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel authority list", "  carousel authority list -o json"})
  static final class ListAll extends NodeCommand {
    ListAll(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(api.get(PATH, Authorities.class), this::table);
    }

    private void table(Authorities all) {
      var table = new Table("NAME", "PHASE", "ROTATION", "GENERATION", "SUITE", "SLOTS");
      all.authorities()
          .forEach(a ->
              table.row(
                  a.name(),
                  a.phase(),
                  a.rotation().map(Object::toString).orElse("-"),
                  a.active(),
                  a.suite(),
                  String.join(",", a.slots().stream().map(SlotName::value).toList())));
      table.print(out(), style());
      if (all.authorities().isEmpty()) {
        remark("There is no authority yet; create one with 'carousel authority create NAME'.");
      }
    }
  }

  @Command(
      name = "show",
      description = "Shows an authority with all its generations and keys.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel authority show user", "  carousel authority show user -o json"})
  static final class Show extends NodeCommand {
    @Parameters(
        paramLabel = "NAME",
        converter = Arguments.OfAuthority.class,
        description = "Its name.")
    private AuthorityName name;

    Show(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(api.get(path(name), AuthorityDetails.class), this::tell);
    }

    private void tell(AuthorityDetails a) {
      say("Authority:      %s".formatted(a.name()));
      say("Phase:          %s%s".formatted(a.phase(), rotation(a)));
      say("Suite:          %s".formatted(a.suite()));
      say("Slots:          %s".formatted(PlainText.list(a.slots())));
      say("Credentials:    live %s".formatted(PlainText.duration(a.policy().leafLifetime())));
      say("Retired keys:   %s".formatted(hold(a)));
      say("Trust bundle:   %s".formatted(bundle(a)));
      out().println();
      var table =
          new Table("GENERATION", "SLOT", "STAGE", "KEY", "PUBLIC KEY", "RETIRED", "FAILURE");
      a.generations()
          .forEach(g ->
              g.keys()
                  .forEach(
                      k -> table.row(cells(k, g.retired().map(NodeCommand::time).orElse("-")))));
      a.surplus().forEach(k -> table.row(cells(k, "surplus")));
      table.print(out(), style());
    }

    private static String rotation(AuthorityDetails a) {
      return a.rotation().map(" of rotation %s"::formatted).orElse("");
    }

    private static String hold(AuthorityDetails a) {
      return a.policy()
          .hold()
          .map(h -> "destroyed after " + PlainText.duration(h))
          .orElse("never destroyed");
    }

    private static String bundle(AuthorityDetails a) {
      return a.bundle().number() == 0
          ? "none yet"
          : "%d, with %s"
              .formatted(
                  a.bundle().number(),
                  PlainText.count(a.bundle().trusted().size(), "CA certificate"));
    }

    private static Object[] cells(KeyLine k, String retired) {
      return new Object[] {
        k.generation(),
        k.slot(),
        k.stage(),
        StatusText.key(k),
        k.publicKey().map(d -> d.value().substring(0, 16)).orElse("-"),
        retired,
        k.failure().map(f -> f.code() + ": " + f.detail()).orElse("-")
      };
    }
  }
}
