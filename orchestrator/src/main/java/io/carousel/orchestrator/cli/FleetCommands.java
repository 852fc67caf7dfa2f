package io.carousel.orchestrator.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Bytes;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.pem.PemText;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.orchestrator.documents.Participants;
import io.carousel.orchestrator.documents.Participants.ParticipantLine;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import io.carousel.orchestrator.documents.Wanted.WantedReadmission;
import io.carousel.orchestrator.text.PlainText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carousel fleet}: who belongs to the house. */
@Command(name = "fleet", description = "Shows, enrols and removes participants.")
final class FleetCommands extends CommandGroup {
  private static final String PATH = "/v1/participants";

  @Command(
      name = "list",
      description = "Lists all participants with their roles.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel fleet list", "  carousel fleet list -o json"})
  static final class ListAll extends NodeCommand {
    ListAll(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(api.get(PATH, Participants.class), this::table);
    }

    private void table(Participants all) {
      var table = new Table("NAME", "AUTHORITY", "ROLES");
      all.participants()
          .forEach(p -> p.memberships().forEach(m -> table.row(p.name(), m.authority(), roles(m))));
      table.print(out(), style());
    }
  }

  @Command(
      name = "show",
      description = "Shows one participant: its identity, its roles, and who let it in.",
      footerHeading = "%nExamples:%n",
      footer = "  carousel fleet show web-1")
  static final class Show extends NodeCommand {
    @Parameters(
        paramLabel = "NAME",
        converter = Arguments.OfParticipant.class,
        description = "The participant.")
    private ParticipantName name;

    Show(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      ParticipantLine found =
          api.get(PATH, Participants.class).participants().stream()
              .filter(p -> p.name().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  CommandFailed.because(
                      "there is no participant '%s'; see 'carousel fleet list'".formatted(name)));
      show(found, this::tell);
    }

    private void tell(ParticipantLine p) {
      say("Participant:   %s".formatted(p.name()));
      say("Identity key:  SHA-256 %s".formatted(p.identityKey()));
      say("Enrolled by:   %s".formatted(p.token().map(t -> "token " + t).orElse("an operator")));
      out().println();
      var table = new Table("AUTHORITY", "ROLES", "FORMATS", "OTHER NAMES");
      p.memberships()
          .forEach(m ->
              table.row(m.authority(), roles(m), joined(m.formats()), PlainText.list(m.names())));
      table.print(out(), style());
    }
  }

  @Command(
      name = "enrol",
      description =
          "Enrols a participant, or changes what it does, as a file says that its agent printed.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel agent identity --config /etc/carousel/agent.yaml > web-1.json",
        "  carousel fleet enrol web-1.json"
      })
  static final class Enrol extends NodeCommand {
    /** Longer than any participant; in bytes. */
    private static final int LIMIT = 1024 * 1024;

    @Parameters(
        paramLabel = "FILE",
        description = "What 'carousel agent identity' prints: the body of POST /v1/participants.")
    private Path file;

    @Mixin private Breaking breaking;

    /** What an agent prints; whom that may break an operator says. */
    record Printed(
        ParticipantName participant, Bytes identityKey, List<WantedMembership> memberships) {}

    Enrol(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      WantedParticipant wanted = read();
      show(
          api.act(PATH, wanted),
          _ ->
              say(
                  "Participant %s is enrolled with identity key SHA-256 %s."
                      .formatted(wanted.participant(), wanted.identityKey().digest())));
    }

    private WantedParticipant read() {
      try (var in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(LIMIT + 1);
        if (bytes.length > LIMIT) {
          throw CommandFailed.because("%s is longer than %d bytes".formatted(file, LIMIT));
        }
        Printed w = Json.PLAIN.read(PemText.text(bytes).getBytes(UTF_8), Printed.class);
        return new WantedParticipant(
            w.participant(), w.identityKey(), w.memberships(), breaking.names());
      } catch (IOException e) {
        throw CommandFailed.because(
            "%s cannot be read (%s)".formatted(file, e.getClass().getSimpleName()));
      } catch (UnreadableRecord e) {
        throw CommandFailed.because(
            "%s holds no participant: %s; have its agent print one with 'carousel agent identity'"
                .formatted(file, e.getMessage()));
      }
    }
  }

  @Command(
      name = "remove",
      description =
          "Removes a participant: it gets no credentials any more, and gates wait until those it has are over.",
      footerHeading = "%nExamples:%n",
      footer = "  carousel fleet remove web-1 --reason \"switched off\"")
  static final class Remove extends NodeCommand {
    @Parameters(
        paramLabel = "NAME",
        converter = Arguments.OfParticipant.class,
        description = "The participant.")
    private ParticipantName name;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "Why, for the history.")
    private String reason;

    @Mixin private Breaking breaking;

    Remove(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(
          api.remove(PATH + "/" + name, reason, breaking.names().orElseThrow()),
          done -> {
            say("Participant %s is removed.".formatted(name));
            done.notices().forEach(this::say);
            say(
                "Credentials that it holds are good until they expire; if they are in wrong hands, revoke them with 'carousel authority revoke'.");
          });
    }
  }

  @Command(
      name = "readmit",
      description =
          "Has a participant get credentials again, though one of its was revoked for key-compromise or privilege-withdrawn.",
      footerHeading = "%nExamples:%n",
      footer = "  carousel fleet readmit web-1 --reason \"its disk was examined: a false alarm\"")
  static final class Readmit extends NodeCommand {
    @Parameters(
        paramLabel = "NAME",
        converter = Arguments.OfParticipant.class,
        description = "The participant.")
    private ParticipantName name;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "Why, for the history.")
    private String reason;

    Readmit(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(
          api.act(PATH + "/" + name + "/readmission", new WantedReadmission(reason)),
          _ ->
              say(
                  "Participant %s gets credentials again; its agent asks for them by itself."
                      .formatted(name)));
    }
  }

  private static String roles(Membership m) {
    return joined(m.roles());
  }

  private static String joined(List<?> words) {
    return words.stream().map(Object::toString).collect(Collectors.joining(", "));
  }
}
