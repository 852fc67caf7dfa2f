package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.ParticipantName;
import io.carousel.events.RevocationReason;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle.TrustedKey;
import io.carousel.events.pem.Certificates;
import io.carousel.orchestrator.documents.Authorities;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.AuthorityDetails.ForeignLine;
import io.carousel.orchestrator.documents.AuthorityDetails.GenerationLine;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.KeyLine;
import io.carousel.orchestrator.documents.Wanted.WantedRevocation;
import io.carousel.orchestrator.text.PlainText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
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
      var table = new Table("NAME", "PHASE", "ROTATION", "GENERATION", "SUITES", "SLOTS");
      all.authorities()
          .forEach(a ->
              table.row(
                  a.name(),
                  a.phase(),
                  a.rotation().map(Object::toString).orElse("-"),
                  a.active(),
                  String.join(",", a.formats().stream().map(Object::toString).toList()),
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
      say("Suites:         %s".formatted(PlainText.list(a.formats())));
      say("Slots:          %s".formatted(PlainText.list(a.slots())));
      a.slot().ifPresent(s -> say("%-15s %s".formatted(a.phase() + ":", s)));
      if (!a.lost().isEmpty()) {
        say("LOST:           %s".formatted(PlainText.list(a.lost())));
      }
      if (!a.silent().isEmpty()) {
        say("Silent:         %s".formatted(PlainText.list(a.silent())));
      }
      say("Credentials:    live %s".formatted(PlainText.duration(a.policy().leafLifetime())));
      a.policy().naming().trustDomain().ifPresent(d -> say("Trust domain:   %s".formatted(d)));
      ends(a);
      say("Retired keys:   %s".formatted(hold(a)));
      say(
          "Evidence:       trust as %s, credentials as %s"
              .formatted(a.policy().trustEvidence(), a.policy().presentsEvidence()));
      say("Trust bundle:   %s".formatted(bundle(a)));
      ExternalCommands.tell(a, this);
      a.generations()
          .forEach(g ->
              g.foreign()
                  .forEach(k ->
                      k.crl().ifPresent(c -> say("CRL elsewhere:  %s".formatted(crl(g, k, c))))));
      out().println();
      var table =
          new Table(
              "GENERATION", "SLOT", "FORMAT", "STAGE", "UNTIL", "KEY", "PUBLIC KEY", "FAILURE");
      a.generations()
          .forEach(g -> {
            g.foreign().forEach(k -> table.row(cells(g, k)));
            g.keys().forEach(k -> table.row(cells(k, stage(g, k))));
          });
      a.surplus().forEach(k -> table.row(cells(k, "surplus, " + k.stage())));
      table.print(out(), style());
      a.external()
          .filter(e -> !e.removals().isEmpty() || !e.warnings().isEmpty())
          .ifPresent(e -> {
            out().println();
            ExternalCommands.standing(e.removals(), e.warnings(), out(), style());
          });
    }

    private static String crl(GenerationLine g, ForeignLine k, AuthorityDetails.ForeignCrlLine c) {
      return "generation %d, CA %s: %s, %s%s"
          .formatted(
              g.number(),
              k.publicKey().value().substring(0, 16),
              c.newest()
                  .map(n -> "until " + NodeCommand.time(n.nextUpdate()))
                  .orElse("NONE, so that crls.pem is not published"),
              c.url().map(url -> "fetched from " + PlainText.of(url)).orElse("brought by hand"),
              c.trouble().map(why -> "; FAILS: " + PlainText.of(why)).orElse(""));
    }

    /** Nothing that a CA signs outlives it: what is issued near its end is short. */
    private void ends(AuthorityDetails a) {
      Instant now = surroundings.clock().instant();
      new TreeMap<>(
              a.bundle().trusted().stream()
                  .filter(k -> k.certificate().isPresent())
                  .collect(
                      Collectors.toMap(
                          TrustedKey::generation,
                          k -> end(k.certificate().orElseThrow()),
                          (x, y) -> x.isBefore(y) ? x : y)))
          .forEach((generation, end) -> {
            Duration left = Duration.between(now, end);
            boolean soon = left.compareTo(a.policy().caLifetime().dividedBy(10)) < 0;
            say(
                "CA certificate: of generation %d %s %s%s"
                    .formatted(
                        generation,
                        left.isNegative() ? "ENDED" : "ends",
                        time(end),
                        soon
                            ? "; WARNING: rotate with 'carousel rotation start %s'"
                                .formatted(a.name())
                            : ""));
          });
    }

    private static Instant end(Bytes certificate) {
      return Certificates.of(certificate.toArray()).getFirst().getNotAfter().toInstant();
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
              .formatted(a.bundle().number(), PlainText.count(a.bundle().trusted().size(), "key"));
    }

    private static String stage(GenerationLine g, KeyLine k) {
      return g.retrusted() && k.usable() ? k.stage() + " once more" : k.stage();
    }

    /** What signs elsewhere has no slot, no id and no end here. */
    private static Object[] cells(GenerationLine g, ForeignLine k) {
      return new Object[] {
        g.number(),
        "elsewhere",
        k.format(),
        g.trusted() ? "trusted, verify-only" : "not trusted any more",
        k.notAfter().map(NodeCommand::time).orElse("-"),
        "-",
        k.publicKey().value().substring(0, 16),
        "-"
      };
    }

    private static Object[] cells(KeyLine k, String stage) {
      return new Object[] {
        k.generation(),
        k.slot(),
        k.format(),
        stage,
        k.until().map(NodeCommand::time).orElse("-"),
        StatusText.key(k),
        k.publicKey().map(d -> d.value().substring(0, 16)).orElse("-"),
        k.failure().map(f -> f.code() + ": " + f.detail()).orElse("-")
      };
    }
  }

  @Command(
      name = "revoke",
      description = "Revokes credentials, by serial number or by participant.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel authority revoke user --participant old-laptop --cause key-compromise --reason stolen",
        "  carousel authority revoke user --serial 5f0e0d0c0b0a09080706050403020100 --reason mistake"
      })
  static final class Revoke extends NodeCommand {
    @Parameters(
        paramLabel = "NAME",
        converter = Arguments.OfAuthority.class,
        description = "The authority.")
    private AuthorityName name;

    @Option(
        names = "--serial",
        paramLabel = "SERIAL",
        split = ",",
        converter = Arguments.OfSerial.class,
        description = "The serial number of an unexpired credential, in hex.")
    private List<Serial> serials = List.of();

    @Option(
        names = "--participant",
        paramLabel = "PARTICIPANT",
        converter = Arguments.OfParticipant.class,
        description = "A participant, all of whose credentials are revoked.")
    private ParticipantName participant;

    @Option(
        names = "--cause",
        paramLabel = "CAUSE",
        converter = Arguments.OfCause.class,
        completionCandidates = Arguments.Causes.class,
        description = "For CRLs: ${COMPLETION-CANDIDATES}; by default unspecified.")
    private RevocationReason cause = RevocationReason.UNSPECIFIED;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "Why, for the history.")
    private String reason;

    @Mixin private Breaking breaking;

    /** What happens to whose credentials these were. */
    private String next() {
      String who = participant == null ? "their holders" : participant.value();
      return cause.allowsReplacement()
          ? "running agents of %s ask for another at once and get it if they are enrolled; 'carousel rotation status %s' names who still presents what is revoked."
              .formatted(who, name)
          : "after %s no credential is issued to %s until the host is enrolled again with a new identity key ('carousel fleet token create' with --name and --replace), or let in again as it is with 'carousel fleet readmit NAME --reason WHY'; until then 'carousel rotation status %s' names who presents what is revoked."
              .formatted(cause, who, name);
    }

    Revoke(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      if (serials.isEmpty() && participant == null) {
        throw CommandFailed.because("name what is to be revoked, with --serial or --participant");
      }
      Done done =
          api.act(
              path(name) + "/revocations",
              new WantedRevocation(
                  Optional.of(serials),
                  Optional.ofNullable(participant),
                  Optional.of(cause),
                  reason,
                  breaking.names()));
      show(
          done,
          d -> {
            say(
                "Revoked; the log goes on to event %d. CRLs and KRLs with it are signed next; until a verifier has read one, which agents do every 5 minutes unless 'crls' says otherwise, it accepts what is revoked."
                    .formatted(d.sequence()));
            say("Next: " + next());
          });
    }
  }
}
