package io.carousel.signer.jwt;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.carousel.events.Bytes;
import io.carousel.events.HouseId;
import io.carousel.events.LeafOrder;
import io.carousel.events.ParticipantUri;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SpiffeId;
import io.carousel.events.jose.Jwk;
import io.carousel.events.jose.JwtClaims;
import io.carousel.events.jose.JwtDraft;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The token that a command fixes. Nothing else goes in: no clock, no chance. */
public final class Tokens {
  private static final Set<String> CLAIMS =
      new TreeSet<>(Set.of("iss", "sub", "aud", "iat", "nbf", "exp", "jti"));

  private Tokens() {}

  /** Who bears it: a SPIFFE ID, or the participant of one authority of one house. */
  public static String subject(HouseId house, SignToken command) {
    return command
        .spiffe()
        .map(SpiffeId::value)
        .orElseGet(
            () -> ParticipantUri.of(house, command.authority(), command.order().participant()));
  }

  /**
   * The draft, rehearsed: completed with a placeholder, read back by another library, every field
   * compared with the command.
   *
   * @param placeholder a signature in the form of X.509, good under no key
   * @throws Refused if the command's fields cannot make a sound one, or it does not come back
   */
  public static JwtDraft draft(HouseId house, SignToken command, Bytes placeholder) throws Refused {
    LeafOrder order = command.order();
    if (order.profile() != Profile.CLIENT) {
      throw new Refused(Refusal.PROFILE_NOT_ALLOWED, "a token is shown by clients alone");
    }
    JwtDraft draft;
    try {
      var claims =
          new JwtClaims(
              command.issuer(),
              subject(house, command),
              command.audiences(),
              order.notBefore(),
              order.notBefore(),
              order.notAfter(),
              order.serial().value(),
              new TreeMap<>());
      draft = new JwtDraft(Jwk.of(command.caKey(), order.suite()), claims);
    } catch (IllegalArgumentException e) {
      throw new Refused(Refusal.BAD_CONTENT, e.getMessage(), e);
    }
    compare(draft, house, command, placeholder);
    return draft;
  }

  private static void compare(JwtDraft draft, HouseId house, SignToken command, Bytes placeholder)
      throws Refused {
    LeafOrder order = command.order();
    var differences = new ArrayList<String>();
    try {
      SignedJWT read = SignedJWT.parse(draft.complete(placeholder).compact());
      JWTClaimsSet claims = read.getJWTClaimsSet();
      same("signed part", draft.signingInput(), Bytes.of(read.getSigningInput()), differences);
      same(
          "header",
          Map.of(
              "alg",
              SigningKey.algorithm(order.suite()).getName(),
              "kid",
              SigningKey.thumbprint(command.caKey()),
              "typ",
              "JWT"),
          read.getHeader().toJSONObject(),
          differences);
      same("claims", CLAIMS, new TreeSet<>(claims.getClaims().keySet()), differences);
      same("iss", command.issuer(), claims.getIssuer(), differences);
      same("sub", subject(house, command), claims.getSubject(), differences);
      same("aud", command.audiences(), claims.getAudience(), differences);
      same("iat", Date.from(order.notBefore()), claims.getIssueTime(), differences);
      same("nbf", Date.from(order.notBefore()), claims.getNotBeforeTime(), differences);
      same("exp", Date.from(order.notAfter()), claims.getExpirationTime(), differences);
      same("jti", order.serial().value(), claims.getJWTID(), differences);
    } catch (ParseException | IllegalArgumentException e) {
      throw new Refused(
          Refusal.REHEARSAL_FAILED, "the draft cannot be read back: " + e.getMessage(), e);
    }
    if (!differences.isEmpty()) {
      throw new Refused(
          Refusal.REHEARSAL_FAILED,
          "the draft does not fit its command: " + String.join("; ", differences));
    }
  }

  private static <T> void same(String field, T wanted, T found, List<String> differences) {
    if (!wanted.equals(found)) {
      differences.add("%s is '%s' and must be '%s'".formatted(field, found, wanted));
    }
  }
}
