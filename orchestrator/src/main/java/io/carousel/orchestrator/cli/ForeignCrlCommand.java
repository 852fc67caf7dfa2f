package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.Wanted.WantedForeignCrl;
import io.carousel.orchestrator.documents.Wanted.WantedForeignCrlSource;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The CRLs of a CA elsewhere, whose certificate was imported. */
@Command(
    name = "crl",
    description = {
      "Brings the CRL of an imported CA, or says from where it is fetched again and again.",
      "Verifiers get it in crls.pem, beside the CRLs of the keys here."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel authority crl user old-ca.crl",
      "  carousel authority crl user --url http://pki.example/old-ca.crl"
    })
final class ForeignCrlCommand extends NodeCommand {
  @Parameters(
      index = "0",
      paramLabel = "NAME",
      converter = Arguments.OfAuthority.class,
      description = "The authority.")
  private AuthorityName name;

  @Parameters(index = "1", arity = "0..1", paramLabel = "FILE", description = "PEM or DER.")
  private Path file;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "http or https: fetched now, and anew before each CRL is past its time.")
  private String url;

  @Option(names = "--no-url", description = "It is fetched no more.")
  private boolean noUrl;

  @Option(
      names = "--ca",
      paramLabel = "SHA-256",
      converter = OfDigest.class,
      description = "With --url, of several imported CAs the one with that key.")
  private Digest ca;

  ForeignCrlCommand(Surroundings surroundings) {
    super(surroundings);
  }

  static final class OfDigest extends Arguments.Checked<Digest> {
    OfDigest() {
      super(text -> new Digest(text.toLowerCase(Locale.ROOT)));
    }
  }

  @Override
  void run(Api api) {
    if (file == null && url == null && !noUrl) {
      throw CommandFailed.because("name a FILE with a CRL, or say --url URL or --no-url");
    }
    if (url != null && noUrl) {
      throw CommandFailed.because("--url and --no-url exclude each other");
    }
    if (file != null) {
      tell(bring(api, name, file), "Imported, as event %d says; verifiers get it with crls.pem.");
    }
    if (url != null || noUrl) {
      tell(
          follow(api, name, Optional.ofNullable(ca), Optional.ofNullable(url)),
          url == null
              ? "Fetched no more, as event %d says; bring each CRL by hand."
              : "Fetched from there from now on, as event %d says; 'carousel authority show' and 'carousel rotation status' say how it goes.");
    }
  }

  private void tell(Done done, String text) {
    show(done, d -> say(text.formatted(d.sequence())));
  }

  static Done bring(Api api, AuthorityName name, Path file) {
    return api.act(
        AuthorityCommands.path(name) + "/foreign-crl", new WantedForeignCrl(X509File.crl(file)));
  }

  static Done follow(Api api, AuthorityName name, Optional<Digest> ca, Optional<String> url) {
    return api.act(
        AuthorityCommands.path(name) + "/foreign-crl-source", new WantedForeignCrlSource(ca, url));
  }
}
