package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.events.CaSubject;
import io.carousel.events.CrlNumber;
import io.carousel.events.EvidenceGrade;
import io.carousel.events.PhaseName;
import io.carousel.events.PresentationGrade;
import io.carousel.events.RootUse;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.TrustDomain;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Slots;
import io.carousel.orchestrator.documents.Wanted.WantedAdoption;
import io.carousel.orchestrator.documents.Wanted.WantedAuthority;
import io.carousel.orchestrator.documents.Wanted.WantedRoot;
import io.carousel.orchestrator.text.PlainText;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.naming.ldap.Rdn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carousel authority create}. */
@Command(
    name = "create",
    description = "Creates an authority; its first keys are made in the HSMs.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel authority create user --wait",
      "  carousel authority create host --suite ed25519 --slot hsm-a,hsm-b --hold never",
      "  carousel authority create all --format x509,ssh,jwt --suite ecdsa-p256 --suite ssh=ed25519",
      "  carousel authority create mesh --format x509,jwt --spiffe-trust-domain example.org",
      "  carousel authority create user --subject 'CN=Example Issuing CA,O=Example,C=DE'",
      "  carousel authority create user --root root.pem --root-use root",
      "  carousel authority create user --slot hsm-a --adopt hsm-a/x509=a1b2c3:old-ca.pem --crl-number 118",
      "  carousel authority create user --slot hsm-a --import old-ca.pem"
    })
final class CreateAuthority extends NodeCommand {
  @Parameters(
      paramLabel = "NAME",
      converter = Arguments.OfAuthority.class,
      description = "Its name: lower-case letters, digits, dots and hyphens.")
  private AuthorityName name;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      split = ",",
      converter = Arguments.OfFormat.class,
      completionCandidates = Arguments.Formats.class,
      description = "What it signs: ${COMPLETION-CANDIDATES}; by default x509.")
  private List<io.carousel.events.Format> formats = List.of(io.carousel.events.Format.X509);

  @Option(
      names = "--suite",
      paramLabel = "[FORMAT=]SUITE",
      split = ",",
      converter = Arguments.OfSuite.class,
      completionCandidates = Arguments.Suites.class,
      description = "Its keys: ${COMPLETION-CANDIDATES}; by default ecdsa-p256.")
  private List<Arguments.SuiteChoice> suites = List.of();

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
      names = "--ca-lifetime",
      paramLabel = "TIME",
      converter = Arguments.OfDuration.class,
      description = "How long its CA certificates live; by default 3650d.")
  private Duration caLifetime;

  @Option(
      names = "--subject",
      paramLabel = "NAME",
      converter = Arguments.OfCaSubject.class,
      description = {
        "What its CA certificates are called (RFC 4514), as 'CN=Example CA,O=Example,C=DE';",
        "generation and slot are added to the CN. By default after the authority."
      })
  private CaSubject subject;

  @Option(
      names = "--organisation",
      paramLabel = "NAME",
      description = "The O of its CA certificates, in place of --subject; by default Carousel.")
  private String organisation;

  @Option(
      names = "--spiffe-trust-domain",
      paramLabel = "DOMAIN",
      converter = Arguments.OfTrustDomain.class,
      description = {
        "Makes its certificates and tokens SVIDs of that SPIFFE trust domain, as example.org:",
        "each has exactly one SPIFFE ID, and a SPIFFE bundle is served."
      })
  private TrustDomain trustDomain;

  @Option(
      names = "--hold",
      paramLabel = "TIME",
      converter = Arguments.OfHold.class,
      description =
          "How long retired keys stay before they are destroyed, or 'never'; by default 7d.")
  private Arguments.Hold hold;

  @Option(
      names = "--crl-lifetime",
      paramLabel = "TIME",
      converter = Arguments.OfDuration.class,
      description = "How long its CRLs live, which are renewed at half of it; by default 7d.")
  private Duration crlLifetime;

  @Option(
      names = "--distribution",
      paramLabel = "URL",
      description =
          "Where verifiers reach orchestrators: certificates then say where their CRL is.")
  private String distribution;

  @Option(
      names = "--jwks-max-age",
      paramLabel = "TIME",
      converter = Arguments.OfDuration.class,
      description = "How long verifiers of tokens may keep its keys; by default 5m.")
  private Duration jwksMaxAge;

  @Option(
      names = "--lease",
      paramLabel = "TIME",
      converter = Arguments.OfDuration.class,
      description = "How long after its last report a participant counts as heard; by default 5m.")
  private Duration lease;

  @Option(
      names = "--trust-evidence",
      paramLabel = "GRADE",
      converter = Arguments.OfEvidenceGrade.class,
      completionCandidates = Arguments.EvidenceGrades.class,
      description = {
        "What shows that a verifier trusts the next generation: ${COMPLETION-CANDIDATES};",
        "by default strongest: observed by a canary where its agent tries it, else reported."
      })
  private EvidenceGrade trustEvidence;

  @Option(
      names = "--presents-evidence",
      paramLabel = "GRADE",
      converter = Arguments.OfPresentationGrade.class,
      completionCandidates = Arguments.PresentationGrades.class,
      description = {
        "What shows that a member presents a new credential: ${COMPLETION-CANDIDATES};",
        "by default strongest: observed at its addresses where its agent looks, else proven."
      })
  private PresentationGrade presentsEvidence;

  @Option(
      names = "--root",
      paramLabel = "FILE",
      description =
          "The certificate of an external root that shall sign its CA certificates, PEM or DER.")
  private Path root;

  @Option(
      names = "--root-use",
      paramLabel = "USE",
      converter = Arguments.OfRootUse.class,
      completionCandidates = Arguments.RootUses.class,
      description =
          "Whom verifiers trust: ${COMPLETION-CANDIDATES}; by default pinned, which is the CA certificates and not the root.")
  private RootUse rootUse;

  @Option(
      names = "--adopt",
      paramLabel = "SLOT/FORMAT=ID[:FILE]",
      converter = OriginArguments.OfAdoption.class,
      description = {
        "A key that is in a token already, by its CKA_ID in hex, as 'slot check' lists it;",
        "for x509 maybe with the CA certificate that it keeps. Repeat it."
      })
  private List<OriginArguments.Adopted> adopt = List.of();

  @Option(
      names = "--accept-weak",
      description = "Adopts keys that are less protected than is asked of keys; recorded.")
  private boolean acceptWeak;

  @Option(
      names = "--crl-number",
      paramLabel = "NUMBER",
      converter = OriginArguments.OfCrlNumber.class,
      description = {
        "Of the first CRL of an adopted key, in decimal or in hex as 0x1F;",
        "by default the next after --crl, or 1."
      })
  private CrlNumber crlNumber;

  @Option(
      names = "--crl",
      paramLabel = "FILE",
      description = {
        "The last CRL of an adopted key with its certificate: what it lists stays revoked.",
        "With --import the CRL of the imported CA, which verifiers get beside ours."
      })
  private Path crl;

  @Option(
      names = "--crl-url",
      paramLabel = "URL",
      description = "With --import, from where the CRL of the imported CA is fetched.")
  private String crlUrl;

  @Option(
      names = "--import",
      paramLabel = "FILE",
      description = {
        "Public keys of a CA elsewhere, so that the first rotation moves its fleet here:",
        "CA certificates in PEM, OpenSSH public keys, a JWK or a set, or public keys in PEM.",
        "Repeat it."
      })
  private List<Path> imports = List.of();

  @Option(
      names = "--wait",
      description = "Waits until its first keys are there, or their requests to an external root.")
  private boolean wait;

  @Mixin private Waiting waiting;

  CreateAuthority(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Api api) {
    var wanted =
        new WantedAuthority(
            name,
            Optional.of(Arguments.formats(formats, suites, Suite.ECDSA_P256)),
            slots.isEmpty() ? allSlots(api) : slots,
            Optional.ofNullable(leafLifetime),
            Optional.ofNullable(caLifetime),
            Optional.empty(),
            Optional.ofNullable(hold).map(Arguments.Hold::wire),
            Optional.ofNullable(crlLifetime),
            Optional.ofNullable(distribution),
            Optional.ofNullable(jwksMaxAge),
            Optional.empty(),
            Optional.ofNullable(lease),
            Optional.ofNullable(trustEvidence),
            Optional.ofNullable(presentsEvidence),
            wantedRoot(),
            adoptions(),
            imports.isEmpty()
                ? Optional.empty()
                : Optional.of(imports.stream().map(OriginArguments::text).toList()),
            wantedSubject(),
            Optional.ofNullable(trustDomain));
    api.act(AuthorityCommands.PATH, wanted).notices().forEach(this::remark);
    if (!imports.isEmpty() && crl != null) {
      ForeignCrlCommand.bring(api, name, crl);
    }
    if (crlUrl != null) {
      ForeignCrlCommand.follow(api, name, Optional.empty(), Optional.of(crlUrl));
    }
    if (wait) {
      awaitKeys(api);
    }
    AuthorityDetails made = api.get(AuthorityCommands.path(name), AuthorityDetails.class);
    show(made, this::tell);
  }

  private Optional<CaSubject> wantedSubject() {
    if (subject != null && organisation != null) {
      throw CommandFailed.because(
          "--organisation is one part of what --subject says; name the organisation there as O=...");
    }
    try {
      return organisation == null
          ? Optional.ofNullable(subject)
          : Optional.of(new CaSubject("O=" + Rdn.escapeValue(organisation)));
    } catch (IllegalArgumentException e) {
      throw CommandFailed.because("--organisation: " + e.getMessage());
    }
  }

  private Optional<WantedRoot> wantedRoot() {
    if (root == null && rootUse != null) {
      throw CommandFailed.because(
          "--root-use says what verifiers do with an external root; name it with --root");
    }
    if (root == null) {
      return Optional.empty();
    }
    List<X509Certificate> certificates = X509File.certificates(root);
    if (certificates.size() != 1) {
      throw CommandFailed.because(
          "%s holds %d certificates; give a file with that of the root alone"
              .formatted(root, certificates.size()));
    }
    return Optional.of(
        new WantedRoot(X509File.der(certificates.getFirst()), Optional.ofNullable(rootUse)));
  }

  private Optional<List<WantedAdoption>> adoptions() {
    boolean strange = acceptWeak || crlNumber != null || (crl != null && imports.isEmpty());
    if (adopt.isEmpty() && strange) {
      throw CommandFailed.because(
          "--accept-weak, --crl and --crl-number are about keys that are adopted; name one with --adopt");
    }
    if (crlUrl != null && imports.isEmpty()) {
      throw CommandFailed.because(
          "--crl-url is about a CA that is imported; name its certificate with --import");
    }
    if (crl != null && adopt.size() > 1) {
      throw CommandFailed.because("--crl is of one key; adopt one key at a time with it");
    }
    return adopt.isEmpty()
        ? Optional.empty()
        : Optional.of(
            adopt.stream()
                .map(a ->
                    a.wanted(acceptWeak, Optional.ofNullable(crlNumber), Optional.ofNullable(crl)))
                .toList());
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
        () -> api.get(AuthorityCommands.path(name) + "/rotation", RotationStatus.class),
        status -> status.seen().phase() != PhaseName.CREATING || ExternalCommands.waits(status),
        waiting.timeout,
        RotationStatus::next);
  }

  private void tell(AuthorityDetails made) {
    if (made.phase() == PhaseName.CREATING && made.external().isPresent()) {
      say(
          "Authority %s is being created below an external root: its keys are made on %s; export their requests with 'carousel authority csr %s'."
              .formatted(name, PlainText.list(made.slots()), name));
      return;
    }
    if (!imports.isEmpty()) {
      say(
          "Authority %s is open: generation 1 is verify-only, and the first rotation moves its fleet to keys on %s."
              .formatted(name, PlainText.list(made.slots())));
      return;
    }
    say(
        made.phase() == PhaseName.CREATING
            ? "Authority %s is being created: its keys are made on %s; see 'carousel authority show %s'."
                .formatted(name, PlainText.list(made.slots()), name)
            : "Authority %s is open: generation 1 signs with keys on %s."
                .formatted(name, PlainText.list(made.slots())));
  }
}
