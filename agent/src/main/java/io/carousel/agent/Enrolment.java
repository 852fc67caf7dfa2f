package io.carousel.agent;

import io.carousel.events.Digest;
import io.carousel.events.Enrolled;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.seal.EnrolmentTokenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;

/** How a host comes into the house by an enrolment token. */
public final class Enrolment {
  private Enrolment() {}

  /**
   * Has that identity enrolled by the token in a file of mode 0600. The file is of no use
   * afterwards, and is left to its owner.
   *
   * @param clock of this host; the house allows it to be off by five minutes
   * @return what it is enrolled for, also if it was before
   * @throws IOException if the file cannot be read, others can read it, or it holds no token
   */
  public static Enrolled enrol(House house, Identity identity, Path tokenFile, InstantSource clock)
      throws IOException, HouseException, InterruptedException {
    return enrol(house, identity, EnrolmentTokenFile.read(tokenFile), clock);
  }

  /**
   * By what the house is known, as the token in that file says: SHA-256 of the SubjectPublicKeyInfo
   * of each of its CA keys, as of when the token was made; none if it does not say.
   *
   * @throws IOException if the file cannot be read, others can read it, or it holds no token
   */
  public static Set<Digest> pins(Path tokenFile) throws IOException {
    return EnrolmentTokenFile.read(tokenFile).pins();
  }

  /** As above, by a token that was read. May be called again if the answer got lost. */
  public static Enrolled enrol(
      House house, Identity identity, EnrolmentToken token, InstantSource clock)
      throws HouseException, InterruptedException {
    return house.enrol(
        token.request(
            house.id(), identity.name(), identity.publicKey(), clock.instant(), identity::sign));
  }
}
