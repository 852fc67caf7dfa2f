package io.carousel.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What it counts is what happens; how fast is for the benchmark to say. */
@Timeout(120)
class HttpBenchTest {
  private static final int FEW = 20;

  @Test
  void everybodyIsServedBesideAFew() throws Exception {
    var said = new ArrayList<String>();
    var settings =
        new HttpBench.Settings(
            Path.of(System.getProperty("carousel.test.softhsm")),
            List.of(HttpBench.Part.values()),
            FEW,
            List.of(FEW),
            Duration.ofMillis(500));
    Map<String, Figure> figures =
        new HttpBench(settings, said::add)
            .call().stream().collect(Collectors.toMap(Figure::name, f -> f));
    assertThat(figures.get("http.idle.standing").value()).isEqualTo(FEW);
    assertThat(figures.get("http.idle.status").value()).isPositive();
    assertThat(figures.get("http.flood.20.standing").value()).isGreaterThanOrEqualTo(FEW);
    assertThat(figures.values())
        .filteredOn(f -> f.name().endsWith(".failed"))
        .hasSize(4)
        .allSatisfy(f -> {
          assertThat(f.value()).as(f.name()).isZero();
          assertThat(f.baseline()).as(f.name()).isPositive();
        });
    assertThat(said).anyMatch(line -> line.startsWith("20 half requests were sent"));
  }
}
