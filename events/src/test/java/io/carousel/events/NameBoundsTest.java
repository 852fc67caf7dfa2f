package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which names a worker says that it signs. */
@Timeout(10)
class NameBoundsTest {
  private static final NameBounds BOUNDS =
      new NameBounds(List.of("dns:*.example.org", "principal:*"), List.of("principal:root"), false);

  @ParameterizedTest
  @CsvSource({
    "dns:web.example.org, ''",
    "principal:deploy, ''",
    "principal:root, names like 'principal:root' are not signed",
    "dns:*.example.org, no wildcard",
    "dns:web.example.com, fits none",
    "email:a@example.org, fits none"
  })
  void areToldWithTheReason(String name, String why) {
    var flaw = BOUNDS.flaw(new SubjectName(name));
    if (why.isEmpty()) {
      assertThat(flaw).isEmpty();
    } else {
      assertThat(flaw.orElseThrow()).contains(why);
    }
  }
}
