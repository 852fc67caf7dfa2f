package io.carousel.agent.http;

import io.carousel.agent.HouseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a caller shows to the house (RFC 6750), in a file that only its owner can read. Read for
 * each call, so that a house which makes a new one is followed.
 */
record BearerSecret(Path file) {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]{16,512}=*");

  /** The value of the {@code Authorization} header. */
  String header() throws HouseException {
    try {
      var modes = Files.getPosixFilePermissions(file);
      if (!OWNER_ONLY.containsAll(modes)) {
        throw new HouseException.Refused(
            "exposed-secret",
            "%s holds the house's secret and others can read it (mode %s)"
                .formatted(file, PosixFilePermissions.toString(modes)),
            "chmod 600 it, and have a new one made if it was exposed");
      }
      String secret = Files.readString(file).strip();
      if (!FORM.matcher(secret).matches()) {
        throw new HouseException.Refused(
            "no-secret", "%s holds no bearer secret".formatted(file), "name the house's own file");
      }
      return "Bearer " + secret;
    } catch (IOException e) {
      throw new HouseException.Unavailable(
          "the house's secret cannot be read from %s: %s".formatted(file, e), e);
    }
  }
}
