package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.Membership;
import io.carousel.events.NamePattern;
import io.carousel.events.Role;
import io.carousel.events.SubjectName;
import io.carousel.events.TrustBundle;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.seal.EnrolmentTokenFile;
import io.carousel.orchestrator.documents.Authorities;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.EnrolmentTokens;
import io.carousel.orchestrator.documents.EnrolmentTokens.TokenLine;
import io.carousel.orchestrator.documents.Wanted.WantedEnrolmentToken;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.text.PlainText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carousel fleet token}: by what hosts enrol themselves. */
@Command(
    name = "token",
    description = "Makes, lists and revokes tokens by which hosts enrol themselves.")
final class TokenCommands extends CommandGroup {
  private static final String PATH = "/v1/enrolment-tokens";

  @Command(
      name = "create",
      description = {
        "Makes an enrolment token and prints it, once.",
        "The token is a private key, made here: the house learns its public key alone.",
        "Where hosts of other machines are received, it also enrols for the authority 'carousel', and",
        "says by which CA keys they know the house."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel fleet token create --authority web --role presents-server --name 'web-*' --ttl 1h --uses 20",
        "  carousel fleet token create --authority web --role presents-server --name web-7 --ttl 1h --replace --out web-7.token"
      })
  static final class Create extends NodeCommand {
    @Option(
        names = "--authority",
        paramLabel = "NAME",
        required = true,
        converter = Arguments.OfAuthority.class,
        description = "What it enrols for; may be given several times.")
    private List<AuthorityName> authorities;

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        required = true,
        converter = Arguments.OfRole.class,
        completionCandidates = Arguments.Roles.class,
        description =
            "What its hosts do: ${COMPLETION-CANDIDATES}; may be given several times, and counts for each authority.")
    private List<Role> roles;

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        converter = Arguments.OfFormat.class,
        completionCandidates = Arguments.Formats.class,
        description =
            "In which formats: ${COMPLETION-CANDIDATES}; may be given several times; x509 by default.")
    private List<io.carousel.events.Format> formats;

    @Option(
        names = "--subject-name",
        paramLabel = "KIND:NAME",
        converter = Arguments.OfSubjectName.class,
        description =
            "A name that their credentials may hold beside their own, as dns:web.example; may be given several times.")
    private List<SubjectName> names;

    @Option(
        names = "--name",
        paramLabel = "NAME",
        required = true,
        converter = Arguments.OfNames.class,
        description = "Whom it is for: a participant's name, or a pattern as 'web-*'.")
    private NamePattern who;

    @Option(
        names = "--ttl",
        paramLabel = "DURATION",
        required = true,
        converter = Arguments.OfDuration.class,
        description = "How long it may be used, as 1h or 7d.")
    private Duration life;

    @Option(
        names = "--uses",
        paramLabel = "COUNT",
        defaultValue = "1",
        description = "How many hosts it enrols; one by default.")
    private int uses;

    @Option(
        names = "--replace",
        description =
            "Lets a host take the name of one that is enrolled with another identity key, as after its loss; for one name and one use.")
    private boolean replace;

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Writes the token to this new file of mode 0600 instead of printing it.")
    private Path file;

    Create(Surroundings surroundings) {
      super(surroundings);
    }

    /** What programs are told, once. */
    private record Created(
        EnrolmentTokenId id, Optional<String> token, Optional<String> file, Instant expiresAt) {}

    @Override
    void run(Api api) {
      boolean received = hostsOfOtherMachinesAreReceived(api);
      EnrolmentToken token = EnrolmentToken.create(received ? pins(api) : List.of());
      // First, so that no token is made which nobody has.
      Optional.ofNullable(file).ifPresent(f -> write(f, token));
      try {
        api.act(PATH, wanted(token, memberships(received)));
      } catch (CommandFailed e) {
        if (e.exitCode() == ExitCode.FAILED) {
          Optional.ofNullable(file).ifPresent(Create::discard);
        }
        throw e;
      }
      TokenLine made = find(api, token.id());
      show(
          new Created(
              token.id(),
              file == null ? Optional.of(token.text()) : Optional.empty(),
              Optional.ofNullable(file).map(Path::toString),
              made.expiresAt()),
          this::tell);
    }

    /** Where hosts of other machines are received, each needs a credential for that too. */
    private List<WantedMembership> memberships(boolean received) {
      var all = new ArrayList<WantedMembership>();
      authorities.forEach(a ->
          all.add(
              new WantedMembership(
                  a, roles, Optional.ofNullable(formats), Optional.ofNullable(names))));
      if (received && !authorities.contains(AuthorityName.BUILT_IN)) {
        all.add(
            WantedMembership.of(
                new Membership(
                    AuthorityName.BUILT_IN, List.of(Role.PRESENTS_CLIENT, Role.VERIFIES))));
      }
      return all;
    }

    private static boolean hostsOfOtherMachinesAreReceived(Api api) {
      return api.get(AuthorityCommands.PATH, Authorities.class).authorities().stream()
          .anyMatch(a -> a.name().equals(AuthorityName.BUILT_IN));
    }

    /** By what such hosts know the house. */
    private static List<Digest> pins(Api api) {
      String path = AuthorityCommands.path(AuthorityName.BUILT_IN);
      return api.get(path, AuthorityDetails.class).bundle().trusted().stream()
          .map(TrustBundle.TrustedKey::key)
          .toList();
    }

    private WantedEnrolmentToken wanted(EnrolmentToken token, List<WantedMembership> memberships) {
      return new WantedEnrolmentToken(
          token.publicKey(), who, memberships, Optional.of(uses), Optional.of(replace), life);
    }

    private static void write(Path file, EnrolmentToken token) {
      try {
        EnrolmentTokenFile.write(file, token);
      } catch (IOException e) {
        throw CommandFailed.because(e.getMessage());
      }
    }

    /** What the house has refused is good for nothing. */
    private static void discard(Path file) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // It stays, and enrols nobody.
      }
    }

    private void tell(Created made) {
      made.token().ifPresent(out()::println);
      out().flush();
      remark(
          "carousel: enrolment token %s is good until %s%s"
              .formatted(
                  made.id(),
                  time(made.expiresAt()),
                  made.file()
                      .map(f ->
                          " and in %s; bring that file to the host and remove it here".formatted(f))
                      .orElse("; it is shown this once, and is a secret")));
    }
  }

  private static TokenLine find(Api api, EnrolmentTokenId id) {
    return api.get(PATH, EnrolmentTokens.class).tokens().stream()
        .filter(t -> t.id().equals(id))
        .findFirst()
        .orElseThrow(() ->
            CommandFailed.because(
                "enrolment token %s was made and is gone; see 'carousel log'".formatted(id)));
  }

  @Command(
      name = "list",
      description = "Lists enrolment tokens that are open or ended within a day, and their misuse.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel fleet token list", "  carousel fleet token list -o json"})
  static final class ListAll extends NodeCommand {
    ListAll(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(api.get(PATH, EnrolmentTokens.class), this::table);
    }

    private void table(EnrolmentTokens all) {
      var table = new Table("ID", "FOR", "ENROLS", "USED", "STATE", "UNTIL", "MISUSE");
      all.tokens()
          .forEach(t ->
              table.row(
                  t.id(),
                  t.names() + (t.replace() ? " (replaces)" : ""),
                  t.memberships().stream()
                      .map(ListAll::membership)
                      .collect(Collectors.joining("; ")),
                  "%d of %d".formatted(t.used(), t.uses()),
                  t.state(),
                  time(t.end()),
                  misuse(t)));
      table.print(out(), style());
    }

    private static String membership(Membership m) {
      return "%s: %s"
          .formatted(
              m.authority(),
              m.roles().stream().map(Object::toString).collect(Collectors.joining(", ")));
    }

    private static String misuse(TokenLine t) {
      return t.lastMisuse()
          .map(m ->
              "MISUSED %s, last as %s (%s)"
                  .formatted(PlainText.count(t.misuses(), "time"), m.participant(), m.why()))
          .orElse("-");
    }
  }

  @Command(
      name = "revoke",
      description = "Ends an enrolment token; whom it has enrolled stays.",
      footerHeading = "%nExamples:%n",
      footer = "  carousel fleet token revoke 0011223344556677 --reason \"sent to the wrong list\"")
  static final class Revoke extends NodeCommand {
    @Parameters(
        paramLabel = "ID",
        converter = Arguments.OfEnrolmentToken.class,
        description = "The token's id, as 'carousel fleet token list' shows it.")
    private EnrolmentTokenId id;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "Why, for the history.")
    private String reason;

    Revoke(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(
          api.remove(PATH + "/" + id, reason),
          _ ->
              say(
                  "Enrolment token %s is revoked; see with 'carousel fleet list' whom it enrolled."
                      .formatted(id)));
    }
  }
}
