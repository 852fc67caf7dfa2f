package io.carousel.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What it counts is what happens; how fast is for the benchmark to say. */
class FleetBenchTest {
  private static final int SIZE = 12;

  @Test
  void aSmallFleetGoesThroughARotation() throws Exception {
    var said = new ArrayList<String>();
    var settings =
        new FleetBench.Settings(
            Path.of(System.getProperty("carousel.test.softhsm")),
            List.of(FleetBench.Part.ROTATION),
            List.of(SIZE),
            3);
    Map<String, Figure> figures =
        new FleetBench(settings, said::add)
            .call().stream().collect(Collectors.toMap(Figure::name, f -> f));
    assertThat(figures.get("fleet.12.credentials").value()).isEqualTo(SIZE);
    assertThat(figures.get("fleet.12.reports").ratio()).isGreaterThanOrEqualTo(1);
    assertThat(figures.get("fleet.12.memory").value()).isPositive();
    assertThat(figures.get("fleet.12.log").value()).isPositive();
    assertThat(figures.get("fleet.12.forecast").value()).isPositive();
    assertThat(said).anyMatch(line -> line.contains("breaks 0 groups; without generation 1, 1 "));
    assertThat(said).anyMatch(line -> line.endsWith("12 of 12 have left the old generation"));
  }
}
