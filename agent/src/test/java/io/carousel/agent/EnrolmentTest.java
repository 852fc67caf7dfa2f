package io.carousel.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.ShakyHouse.Fault;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.seal.EnrolmentTokenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A host with a token in a file. */
class EnrolmentTest {
  @TempDir Path folder;
  private final FakeHouse house = new FakeHouse();
  private final Identity identity = Identity.create(new ParticipantName("web-1"));
  private final EnrolmentToken token = EnrolmentToken.create();

  @Test
  void theTokenIsReadFromItsFile() throws Exception {
    house.open(token, FakeHouse.membership(Role.VERIFIES));
    Path file = folder.resolve("web-1.token");
    EnrolmentTokenFile.write(file, token);
    assertThat(Enrolment.enrol(house, identity, file, Instant::now).participant())
        .isEqualTo(identity.name());
    assertThat(file).exists();
  }

  @Test
  void aFileThatOthersCanReadIsRefused() throws Exception {
    house.open(token, FakeHouse.membership(Role.VERIFIES));
    Path file = folder.resolve("web-1.token");
    EnrolmentTokenFile.write(file, token);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> Enrolment.enrol(house, identity, file, Instant::now))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("others can read it (mode rw-r-----)")
        .hasMessageContaining("chmod 600");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void whatGotLostIsAskedAgain(Fault fault) throws Exception {
    house.open(token, FakeHouse.membership(Role.VERIFIES));
    var faults = new ArrayDeque<>(List.of(Fault.NONE, fault));
    var shaky = new ShakyHouse(house, () -> faults.isEmpty() ? Fault.NONE : faults.poll());
    assertThatThrownBy(() -> Enrolment.enrol(shaky, identity, token, Instant::now))
        .isInstanceOf(HouseException.Unavailable.class);
    assertThat(Enrolment.enrol(shaky, identity, token, Instant::now).participant())
        .isEqualTo(identity.name());
  }
}
