package io.carousel.e2e.arrows;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import io.carousel.events.Suite;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Where a suite is called by its name, or its family by its: what must be looked at when there is
 * another one. Everything else takes mechanisms, lengths and digests from {@link Suite} and from
 * these.
 */
class SuiteSeamTest {
  private static final Set<String> PLACES =
      Set.of(
          // how keys and signatures look, in X.509, JOSE and OpenSSH
          "io.carousel.events.NistCurve",
          "io.carousel.events.SubjectPublicKey",
          "io.carousel.events.jose.JwsAlgorithm",
          "io.carousel.events.openssh.SshSignature",
          // what a key proves without asking anybody
          "io.carousel.orchestrator.rules.CaCheck",
          "io.carousel.orchestrator.rules.CaRequestCheck",
          "io.carousel.orchestrator.rules.Proofs",
          // what a certificate's signature is called, and how it is verified
          "io.carousel.signer.certificate.Der",
          "io.carousel.signer.certificate.Placeholder",
          "io.carousel.signer.certificate.PublicKeys",
          "io.carousel.signer.certificate.Signatures",
          "io.carousel.signer.jwt.SigningKey",
          // mechanisms and attributes of PKCS#11
          "io.carousel.signer.token.pkcs11.Algorithm",
          "io.carousel.signer.token.pkcs11.KeyTemplates",
          "io.carousel.signer.token.pkcs11.Mechanisms",
          "io.carousel.signer.token.pkcs11.PublicKeys",
          "io.carousel.signer.token.pkcs11.TokenObjects",
          // which suites verifiers of SVIDs know
          "io.carousel.orchestrator.rules.NamingRules",
          "io.carousel.signer.trust.SvidCheck",
          // whose signatures are cheaper to make than to verify
          "io.carousel.signer.trust.Verification",
          // what is chosen where nobody says
          "io.carousel.deploy.demo.Demo",
          "io.carousel.deploy.node.Reception",
          "io.carousel.orchestrator.cli.CreateAuthority",
          "io.carousel.orchestrator.http.OperatorEndpoints");

  private static final Set<String> SPELT =
      Set.of(Suite.class.getName(), Suite.Family.class.getName());

  private static final String BENCHMARKS = "io.carousel.e2e";

  @Test
  void aSuiteIsCalledByItsNameInTheseClassesAlone() {
    Set<String> found =
        Code.ALL.stream()
            .filter(code -> !code.getPackageName().startsWith(BENCHMARKS))
            .flatMap(code -> code.getFieldAccessesFromSelf().stream())
            .filter(SuiteSeamTest::isByName)
            .map(access -> outermost(access.getOriginOwner()))
            .filter(name -> !SPELT.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(found).containsExactlyInAnyOrderElementsOf(PLACES);
  }

  private static boolean isByName(JavaFieldAccess access) {
    return SPELT.contains(access.getTargetOwner().getName())
        && access.getTarget().getName().matches("[A-Z][A-Z0-9_]*");
  }

  private static String outermost(JavaClass code) {
    String name = code.getName();
    int inner = name.indexOf('$');
    return inner < 0 ? name : name.substring(0, inner);
  }
}
