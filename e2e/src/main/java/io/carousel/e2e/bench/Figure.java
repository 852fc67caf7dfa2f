package io.carousel.e2e.bench;

import java.util.List;
import java.util.Locale;

/**
 * One measurement.
 *
 * @param baseline what the part below does in the same unit
 * @param ratio value by baseline
 */
public record Figure(String name, double value, String unit, double baseline, double ratio) {
  static Figure of(String name, double value, String unit, double baseline) {
    return new Figure(name, rounded(value), unit, rounded(baseline), rounded(value / baseline));
  }

  private static double rounded(double value) {
    return Math.abs(value) < 100 ? Math.round(value * 1_000) / 1_000.0 : Math.round(value);
  }

  /** For people. */
  public static String table(List<Figure> figures) {
    var out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%-38s %12s  %-9s %12s %8s%n",
            "what",
            "value",
            "unit",
            "baseline",
            "ratio"));
    for (Figure f : figures) {
      out.append(
          String.format(
              Locale.ROOT,
              "%-38s %12s  %-9s %12s %8.2f%n",
              f.name(),
              number(f.value()),
              f.unit(),
              number(f.baseline()),
              f.ratio()));
    }
    return out.toString();
  }

  private static String number(double value) {
    return Math.abs(value) < 100
        ? String.format(Locale.ROOT, "%.2f", value)
        : String.format(Locale.ROOT, "%,.0f", value);
  }
}
