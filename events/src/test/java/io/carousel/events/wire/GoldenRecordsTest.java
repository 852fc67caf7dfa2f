package io.carousel.events.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.Attempt;
import io.carousel.events.Event;
import io.carousel.events.Examples;
import io.carousel.events.GateLeaves;
import io.carousel.events.Golden;
import io.carousel.events.LeafResult;
import io.carousel.events.Reply;
import io.carousel.events.Report;
import io.carousel.events.SigningCommand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in a log today can be read, and is written the same, by every later program. */
class GoldenRecordsTest {
  private static final List<Class<?>> FAMILIES =
      List.of(
          Event.class,
          Act.class,
          SigningCommand.class,
          LeafResult.class,
          Reply.class,
          GateLeaves.class,
          Attempt.class,
          Report.class);

  /** Golden files that hold no record's value. */
  private static final Set<String> OTHERS = Set.of("log");

  @Test
  void everyTypeThatTravelsHasAWireName() {
    var travelling = new HashSet<Class<?>>();
    FAMILIES.forEach(family -> addRecords(family, travelling));
    assertThat(WireNames.TABLE.keySet()).isEqualTo(travelling);
  }

  @Test
  void everyTypeThatTravelsHasAnExample() {
    assertThat(Examples.records().stream().map(Object::getClass).toList())
        .doesNotHaveDuplicates()
        .hasSameElementsAs(WireNames.TABLE.keySet());
  }

  @Test
  void wireNamesSayTheirVersion() {
    assertThat(WireNames.TABLE.values())
        .allSatisfy(name -> {
          assertThat(name.text()).matches("carousel\\.[a-z]+(-[a-z]+)*\\.v[1-9][0-9]*");
          assertThat(name.level()).isBetween(1, Wire.FEATURE_LEVEL);
        });
  }

  @ParameterizedTest
  @MethodSource("io.carousel.events.Examples#records")
  void isWrittenAndReadAsEver(Object example) {
    Wire.Typed written = Wire.CURRENT.write(example);
    Golden.check(written.type(), written.value());

    Object read = Wire.CURRENT.read(written.type(), Golden.read(written.type()), Object.class);
    assertThat(read).isEqualTo(example);
    assertThat(Wire.CURRENT.write(read).value()).isEqualTo(written.value());
  }

  @ParameterizedTest
  @MethodSource("io.carousel.events.Examples#documents")
  void documentsAreWrittenAndReadAsEver(Object example) {
    String name = document(example.getClass());
    Golden.check(name, Json.PLAIN.write(example));
    assertThat((Object) Json.PLAIN.read(Golden.read(name), example.getClass())).isEqualTo(example);
  }

  @Test
  void everyGoldenFileOfARecordCanBeReadHoweverOld() {
    var names = new ArrayList<>(Golden.names());
    names.removeAll(OTHERS);
    Examples.documents().forEach(d -> names.remove(document(d.getClass())));
    assertThat(names)
        .allSatisfy(name ->
            assertThat(Wire.CURRENT.read(name, Golden.read(name), Object.class)).isNotNull());
  }

  private static String document(Class<?> type) {
    return type.getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(java.util.Locale.ROOT);
  }

  private static void addRecords(Class<?> type, Set<Class<?>> into) {
    if (type.isRecord()) {
      into.add(type);
    } else {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        addRecords(permitted, into);
      }
    }
  }
}
