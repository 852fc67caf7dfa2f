package io.carousel.events.jose;

import io.carousel.events.Identifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a JWK says that it is for (RFC 7517, sections 4.2 to 4.4). */
final class JwkUse {
  static final String ALG = "alg";
  static final String CRV = "crv";

  private static final String USE = "use";
  private static final String KEY_OPS = "key_ops";

  /** For signatures; the last as SPIFFE bundles say it (SPIFFE JWT-SVID, section 4.2). */
  private static final Set<String> SIGNATURES = Set.of("sig", "jwt-svid");

  /** Key management and content encryption (RFC 7518, sections 4.1 and 5.1). */
  private static final Pattern ENCRYPTION =
      Pattern.compile(
          "RSA1_5|RSA-OAEP.*|ECDH-ES.*|dir|PBES2-.*|A(128|192|256)(KW|GCM|GCMKW|CBC-HS\\d+)");

  /** Curves on which nothing can be signed (RFC 8037, section 3.2). */
  private static final Set<String> AGREEMENT = Set.of("X25519", "X448");

  private JwkUse() {}

  /** For what else than signatures a key is; empty if it verifies signatures. */
  static Optional<String> other(Map<?, ?> members) {
    if (members.containsKey(USE) && !SIGNATURES.contains(members.get(USE))) {
      return Optional.of("its use is %s, and not sig".formatted(shown(members.get(USE))));
    }
    if (members.containsKey(KEY_OPS)
        && !(members.get(KEY_OPS) instanceof List<?> operations && operations.contains("verify"))) {
      return Optional.of("its key_ops do not allow to verify signatures");
    }
    if (members.get(ALG) instanceof String alg && ENCRYPTION.matcher(alg).matches()) {
      return Optional.of("its alg %s encrypts".formatted(shown(alg)));
    }
    if (members.get(CRV) instanceof String curve && AGREEMENT.contains(curve)) {
      return Optional.of("its curve %s is for key agreement".formatted(curve));
    }
    return Optional.empty();
  }

  private static String shown(Object value) {
    return Identifier.printable(String.valueOf(value));
  }
}
