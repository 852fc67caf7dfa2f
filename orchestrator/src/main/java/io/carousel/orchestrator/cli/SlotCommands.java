package io.carousel.orchestrator.cli;

import io.carousel.events.KeyId;
import io.carousel.events.SlotFinding;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport;
import io.carousel.orchestrator.documents.Slots;
import io.carousel.orchestrator.documents.Slots.SlotLine;
import io.carousel.orchestrator.documents.Wanted.WantedKeyLoss;
import io.carousel.orchestrator.documents.Wanted.WantedSlot;
import io.carousel.orchestrator.documents.Wanted.WantedThaw;
import io.carousel.orchestrator.text.PlainText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carousel slot}. */
@Command(name = "slot", description = "Declares, shows and checks HSM slots.")
final class SlotCommands extends CommandGroup {
  private static final String PATH = "/v1/slots";

  @Command(
      name = "list",
      description = "Lists all HSM slots.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel slot list", "  carousel slot list -o json"})
  static final class ListAll extends NodeCommand {
    ListAll(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(api.get(PATH, Slots.class), this::table);
    }

    private void table(Slots all) {
      var table = new Table("NAME", "AUTHORITIES", "CHECKED", "STATE", "MODULE", "CUSTODY");
      all.slots()
          .forEach(s ->
              table.row(
                  s.name(),
                  s.authorities(),
                  s.seen().map(seen -> time(seen.at())).orElse("never"),
                  state(s),
                  s.module(),
                  s.custody()));
      table.print(out(), style());
    }

    private static String state(SlotLine s) {
      var alarms = new ArrayList<String>();
      s.lost().ifPresent(l -> alarms.add("LOST since " + time(l.since())));
      s.frozen().ifPresent(_ -> alarms.add("FROZEN"));
      s.silent().ifPresent(at -> alarms.add("silent since " + time(at)));
      s.refusals().stream()
          .filter(Slots.Refused::recent)
          .forEach(r -> alarms.add("REFUSES %s (%d)".formatted(r.code(), r.count())));
      return alarms.isEmpty() ? found(s) : String.join(", ", alarms);
    }

    private static String found(SlotLine s) {
      return s.seen()
          .map(seen ->
              seen.findings().isEmpty() ? "ok" : PlainText.count(seen.findings().size(), "finding"))
          .orElse("-");
    }
  }

  @Command(
      name = "add",
      description = "Declares an HSM slot to the house; its workers are enrolled and started next.",
      footerHeading = "%nExamples:%n",
      footer =
          "  carousel slot add hsm-c --module /opt/vendor/libpkcs11.so --custody \"two replicas, PIN in the vault\"")
  static final class Add extends NodeCommand {
    @Parameters(
        paramLabel = "SLOT",
        converter = Arguments.OfSlot.class,
        description = "Our name for it: lower-case letters, digits, dots and hyphens.")
    private SlotName slot;

    @Option(
        names = "--module",
        paramLabel = "PATH",
        required = true,
        description = "The PKCS#11 library by which its workers reach it, for the history.")
    private String module;

    @Option(
        names = "--custody",
        paramLabel = "TEXT",
        required = true,
        description = "Who holds its PIN, and where its replicas and backups are.")
    private String custody;

    Add(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(
          api.act(PATH, new WantedSlot(slot, module, custody)),
          _ -> {
            say("Slot %s is declared.".formatted(slot));
            say(
                "Next: start a worker with 'carousel worker --config FILE' (docs/worker.md), enrol it (POST /v1/authors, docs/http-api.md), then 'carousel slot check %s'."
                    .formatted(slot));
          });
    }
  }

  @Command(
      name = "check",
      description =
          "Has a slot's worker look at its token, and shows what is there beside what the log says.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel slot check hsm-a", "  carousel slot check hsm-a -o json"})
  static final class Check extends NodeCommand {
    @Parameters(paramLabel = "SLOT", converter = Arguments.OfSlot.class, description = "The slot.")
    private SlotName slot;

    @Mixin private Waiting waiting;

    Check(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      // What began before this command says nothing of what is in the token now.
      SlotLine idle = until(() -> look(api), s -> !s.inspecting(), waiting.timeout, Check::silence);
      Instant last = idle.seen().map(Slots.Seen::at).orElse(Instant.MIN);
      api.act(PATH + "/" + slot + "/inspection", java.util.Map.of());
      until(
          () -> look(api),
          s -> s.seen().filter(seen -> seen.at().isAfter(last)).isPresent(),
          waiting.timeout,
          Check::silence);
      SlotLine now = look(api);
      show(now, this::tell);
      List<SlotFinding> bad =
          now.seen().orElseThrow().findings().stream()
              .filter(f -> f.kind() != SlotFinding.Kind.UNKNOWN)
              .toList();
      if (!bad.isEmpty() || now.frozen().isPresent()) {
        throw CommandFailed.because("slot '%s' is not as it should be; see above".formatted(slot));
      }
    }

    private SlotLine look(Api api) {
      return api.get(PATH + "/" + slot, SlotLine.class);
    }

    private static String silence(SlotLine s) {
      return s.failure()
          .map(f -> "its worker could not look: " + f.detail())
          .orElse("its worker has not answered; is it running?");
    }

    private void tell(SlotLine s) {
      Slots.Seen seen = s.seen().orElseThrow();
      SlotReport r = seen.report();
      say("Slot:        %s, checked %s".formatted(s.name(), time(seen.at())));
      say("Custody:     %s".formatted(PlainText.of(s.custody())));
      say("Token:       '%s', serial %s".formatted(r.label(), r.serial()));
      say("Device:      %s, firmware %s".formatted(r.model(), r.firmware()));
      say("Module:      %s, PKCS#11 %s".formatted(r.module(), r.cryptoki()));
      say("Mechanisms:  %s".formatted(String.join(", ", r.mechanisms())));
      say("Suites:      %s".formatted(PlainText.list(r.suites())));
      say(
          "Objects:     %s, and %d others that nobody touches"
              .formatted(PlainText.count(r.keys().size(), "key"), r.strays()));
      s.frozen().ifPresent(why -> say("FROZEN:      %s".formatted(PlainText.of(why))));
      out().println();
      var table = new Table("KEY", "SUITE", "PUBLIC KEY", "SIGNED A TRIAL", "WEAKER THAN REQUIRED");
      r.keys()
          .forEach(k ->
              table.row(
                  k.key(),
                  k.suite(),
                  k.publicKey().brief(),
                  k.trial().map(_ -> "yes").or(k::failure).orElse("not asked"),
                  k.weaker().isEmpty() ? "-" : String.join(", ", k.weaker())));
      table.print(out(), style());
      if (!seen.findings().isEmpty()) {
        out().println();
        var findings = new Table("FINDING", "KEY", "DETAIL");
        seen.findings().forEach(f -> findings.row(f.kind(), f.key(), f.detail()));
        findings.print(out(), style());
      }
    }
  }

  @Command(
      name = "lost-key",
      description = {
        "Declares a key of a slot's token lost for ever.",
        "Nobody expects it any more, and retired keys beside it are destroyed again once the slot is thawed."
      },
      footerHeading = "%nExamples:%n",
      footer = "  carousel slot lost-key hsm-a a1b2c3 --reason \"deleted by hand\"")
  static final class LostKey extends NodeCommand {
    @Parameters(
        index = "0",
        paramLabel = "SLOT",
        converter = Arguments.OfSlot.class,
        description = "The slot.")
    private SlotName slot;

    @Parameters(
        index = "1",
        paramLabel = "KEY",
        converter = Arguments.OfKey.class,
        description = "Its CKA_ID in hex, as 'slot check' names it.")
    private KeyId key;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "Why, for the history.")
    private String reason;

    LostKey(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(
          api.act(PATH + "/" + slot + "/keys/" + key + "/loss", new WantedKeyLoss(reason)),
          _ ->
              say(
                  "Key %s of slot %s counts as lost. Next: 'carousel slot thaw %s --reason TEXT' if the slot is frozen."
                      .formatted(key, slot, slot)));
    }
  }

  @Command(
      name = "thaw",
      description =
          "Lets retired keys of a frozen slot be destroyed again, once you know why it froze.",
      footerHeading = "%nExamples:%n",
      footer = "  carousel slot thaw hsm-a --reason \"restored by mistake, removed again\"")
  static final class Thaw extends NodeCommand {
    @Parameters(paramLabel = "SLOT", converter = Arguments.OfSlot.class, description = "The slot.")
    private SlotName slot;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "Why, for the history.")
    private String reason;

    Thaw(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(
          api.act(PATH + "/" + slot + "/thaw", new WantedThaw(reason)),
          _ ->
              say(
                  "Slot %s is thawed; check it with 'carousel slot check %s'."
                      .formatted(slot, slot)));
    }
  }
}
