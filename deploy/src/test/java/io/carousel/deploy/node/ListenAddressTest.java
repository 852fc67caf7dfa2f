package io.carousel.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.SubjectName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a node receives participants, as people write it. */
class ListenAddressTest {
  @Test
  void addressesAndNamesAreTold() {
    assertThat(ListenAddress.of("127.0.0.1:8438", List.of()))
        .isEqualTo(new ListenAddress("127.0.0.1", 8438, List.of(new SubjectName("ip:127.0.0.1"))));
    assertThat(ListenAddress.of("[::1]:0", List.of("carousel.example")))
        .isEqualTo(
            new ListenAddress(
                "::1",
                0,
                List.of(new SubjectName("ip:::1"), new SubjectName("dns:carousel.example"))));
    assertThat(ListenAddress.of("localhost:1", List.of()).names())
        .containsExactly(new SubjectName("dns:localhost"));
  }

  @Test
  void everyAddressNeedsANameToBeCalledBy() {
    assertThatThrownBy(() -> ListenAddress.of("0.0.0.0:8438", List.of()))
        .hasMessageContaining("--listen-name");
    assertThat(ListenAddress.of("0.0.0.0:8438", List.of("a.example")).names())
        .containsExactly(new SubjectName("dns:a.example"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8438", "localhost", "::1:8438", "localhost:65536", "[::1]"})
  void whatIsNoAddressIsSaid(String text) {
    assertThatThrownBy(() -> ListenAddress.of(text, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write ADDRESS:PORT");
  }
}
