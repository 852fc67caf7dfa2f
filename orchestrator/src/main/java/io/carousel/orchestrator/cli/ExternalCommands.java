package io.carousel.orchestrator.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.AuthorityName;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.CaRequests;
import io.carousel.orchestrator.documents.CaRequests.CaRequestLine;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.ExternalDetails;
import io.carousel.orchestrator.documents.RemovalLine;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Wanted.WantedCaCertificate;
import io.carousel.orchestrator.documents.Wanted.WantedRootCrl;
import io.carousel.orchestrator.text.PlainText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code carousel authority} does about an external root. */
final class ExternalCommands {
  private static final int LINE = 64;
  private static final String AWAITING = "awaiting certificate";

  private ExternalCommands() {}

  @Command(
      name = "csr",
      description = "Exports the requests with which the external root is asked for certificates.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel authority csr user",
        "  carousel authority csr user --slot hsm-a --out requests"
      })
  static final class Csr extends NodeCommand {
    @Parameters(
        paramLabel = "NAME",
        converter = Arguments.OfAuthority.class,
        description = "The authority.")
    private AuthorityName name;

    @Option(
        names = "--generation",
        paramLabel = "NUMBER",
        description = "Of that generation alone.")
    private Integer generation;

    @Option(
        names = "--slot",
        paramLabel = "SLOT",
        converter = Arguments.OfSlot.class,
        description = "Of the key on that slot alone.")
    private SlotName slot;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Writes each into a file of its own there, instead of printing them.")
    private Path folder;

    Csr(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      CaRequests all = api.get(AuthorityCommands.path(name) + "/requests", CaRequests.class);
      var wanted = new CaRequests(all.requests().stream().filter(this::isWanted).toList());
      if (wanted.requests().isEmpty()) {
        throw CommandFailed.because(
            "no key of authority '%s' waits for a certificate of its external root there; see 'carousel authority show %s'"
                .formatted(name, name));
      }
      if (folder != null) {
        wanted.requests().forEach(this::write);
      }
      show(wanted, this::tell);
    }

    private boolean isWanted(CaRequestLine request) {
      return (generation == null || generation == request.generation())
          && (slot == null || slot.equals(request.slot()));
    }

    private Path file(CaRequestLine request) {
      return folder.resolve("%s-g%d-%s.csr".formatted(name, request.generation(), request.slot()));
    }

    private void write(CaRequestLine request) {
      try {
        Files.createDirectories(folder);
        Files.writeString(file(request), pem(request), US_ASCII);
      } catch (IOException e) {
        throw CommandFailed.because(
            "%s cannot be written: %s".formatted(file(request), e.getMessage()));
      }
    }

    private void tell(CaRequests wanted) {
      for (CaRequestLine request : wanted.requests()) {
        if (folder == null) {
          out().print(pem(request));
        } else {
          say(file(request).toString());
        }
      }
      out().flush();
      remark(
          "Next: have the external root sign %s, and bring what it gives with 'carousel authority certificate %s FILE'."
              .formatted(wanted.requests().size() == 1 ? "it" : "them", name));
    }

    private static String pem(CaRequestLine request) {
      var lines = Base64.getMimeEncoder(LINE, new byte[] {'\n'});
      return "-----BEGIN CERTIFICATE REQUEST-----\n%s\n-----END CERTIFICATE REQUEST-----\n"
          .formatted(new String(lines.encode(request.request().toArray()), US_ASCII));
    }
  }

  @Command(
      name = "certificate",
      description = "Imports certificates that the external root has signed.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel authority certificate user user-g2-hsm-a.pem"})
  static final class Certificate extends NodeCommand {
    @Parameters(
        index = "0",
        paramLabel = "NAME",
        converter = Arguments.OfAuthority.class,
        description = "The authority.")
    private AuthorityName name;

    @Parameters(
        index = "1",
        paramLabel = "FILE",
        description = "PEM or DER; may hold several, and the root above them.")
    private Path file;

    Certificate(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      List<X509Certificate> ours =
          X509File.certificates(file).stream().filter(c -> !isRoot(c)).toList();
      if (ours.isEmpty()) {
        throw CommandFailed.because(
            "%s holds only certificates that issued themselves, and none of a key here"
                .formatted(file));
      }
      for (X509Certificate certificate : ours) {
        Done done =
            api.act(
                AuthorityCommands.path(name) + "/certificates",
                new WantedCaCertificate(X509File.der(certificate)));
        show(
            done,
            d ->
                say(
                    "Imported '%s', as event %d says; its first CRL follows."
                        .formatted(certificate.getSubjectX500Principal(), d.sequence())));
      }
    }

    private static boolean isRoot(X509Certificate certificate) {
      return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }
  }

  @Command(
      name = "root-crl",
      description = "Imports a CRL of the external root; verifiers get it with their bundle.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel authority root-crl user root.crl"})
  static final class RootCrl extends NodeCommand {
    @Parameters(
        index = "0",
        paramLabel = "NAME",
        converter = Arguments.OfAuthority.class,
        description = "The authority.")
    private AuthorityName name;

    @Parameters(index = "1", paramLabel = "FILE", description = "PEM or DER.")
    private Path file;

    RootCrl(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      Done done =
          api.act(
              AuthorityCommands.path(name) + "/root-crl", new WantedRootCrl(X509File.crl(file)));
      show(
          done,
          d -> {
            say(
                "Imported, as event %d says; verifiers get it with the next bundle."
                    .formatted(d.sequence()));
            say("Next: 'carousel authority show %s' says who holds it.".formatted(name));
          });
    }
  }

  /** Whether nothing is missing but what the external root has to do. */
  static boolean waits(RotationStatus status) {
    return status.keysMissing()
        && status.keys().stream().anyMatch(k -> k.stage().equals(AWAITING))
        && status.keys().stream().allMatch(k -> k.usable() || k.stage().equals(AWAITING));
  }

  /** What {@code authority show} says of the root. */
  static void tell(AuthorityDetails a, NodeCommand to) {
    a.external()
        .ifPresent(e -> {
          to.say("External root:  %s".formatted(e.use()));
          to.say("Root's CRL:     %s".formatted(crl(e)));
        });
  }

  private static String crl(ExternalDetails e) {
    return e.crl()
        .map(c ->
            "%s, until %s"
                .formatted(
                    c.number().map(n -> "number " + n).orElse("without a number"),
                    NodeCommand.time(c.nextUpdate())))
        .orElse("none imported");
  }

  /** How the removal of retired generations stands, and what is wrong with the root. */
  static void standing(
      List<RemovalLine> removals, List<String> warnings, PrintWriter out, Style style) {
    for (RemovalLine line : removals) {
      String text = "Generation %d: %s".formatted(line.generation(), PlainText.of(line.text()));
      out.println(line.state().equals("not-removable") ? style.red(text) : text);
    }
    for (String warning : warnings) {
      out.println(style.yellow("WARNING: " + PlainText.of(warning)));
    }
  }
}
