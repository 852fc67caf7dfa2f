package io.carousel.e2e.formats;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Every verification under load, by who judged it and in which phase. Thread-safe. */
final class Counts {
  private record Cell(String judge, String phase) {}

  private final Map<Cell, LongAdder> made = new ConcurrentHashMap<>();
  private final Map<Cell, LongAdder> failed = new ConcurrentHashMap<>();
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
  private final Set<String> phases = Collections.synchronizedSet(new LinkedHashSet<>());
  private final Set<String> tlsGenerations = ConcurrentHashMap.newKeySet();
  private volatile String phase = "";

  /** From now on they belong to that phase. */
  void in(String next) {
    phases.add(next);
    System.err.println(java.time.Instant.now() + " in " + next);
    phase = next;
    tlsGenerations.clear();
  }

  /** Everybody has moved: what was seen before is forgotten, to see what follows. */
  void settled() {
    System.err.println(java.time.Instant.now() + " settled");
    tlsGenerations.clear();
  }

  /** Counts one. */
  void count(String judge, String about, Optional<String> refusal) {
    var cell = new Cell(judge, phase);
    made.computeIfAbsent(cell, _ -> new LongAdder()).increment();
    refusal.ifPresent(why -> {
      failed.computeIfAbsent(cell, _ -> new LongAdder()).increment();
      failures.add("%s in %s, %s: %s".formatted(judge, cell.phase(), about, why));
    });
  }

  /** By which generations client and server were seen to present. */
  void sawTls(int client, int server) {
    tlsGenerations.add(client + "/" + server);
  }

  Set<String> tlsGenerations() {
    return Set.copyOf(tlsGenerations);
  }

  /** How many that judge has made in this phase. */
  long now(String judge) {
    LongAdder sum = made.get(new Cell(judge, phase));
    return sum == null ? 0 : sum.sum();
  }

  long made() {
    return made.values().stream().mapToLong(LongAdder::sum).sum();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** A row for each judge, a column for each phase. */
  String table() {
    var rows = new TreeMap<String, StringBuilder>();
    var head = new StringBuilder("%-32s".formatted("verified, of which failed"));
    List<String> columns = List.copyOf(phases);
    columns.forEach(c -> head.append("%18s".formatted(c)));
    made.keySet().forEach(cell -> rows.putIfAbsent(cell.judge(), new StringBuilder()));
    rows.forEach((judge, row) -> {
      row.append("%-32s".formatted(judge));
      for (String column : columns) {
        var cell = new Cell(judge, column);
        row.append("%18s".formatted("%d, %d".formatted(of(made, cell), of(failed, cell))));
      }
    });
    rows.values().forEach(row -> head.append(System.lineSeparator()).append(row));
    return head.toString();
  }

  private static long of(Map<Cell, LongAdder> sums, Cell cell) {
    LongAdder sum = sums.get(cell);
    return sum == null ? 0 : sum.sum();
  }
}
