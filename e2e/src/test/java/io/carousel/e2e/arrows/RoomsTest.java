package io.carousel.e2e.arrows;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.e2e.arrows.Rooms.Room;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rows of {@link Rooms} are those of the rooms that exist, and none allows too much. */
class RoomsTest {
  private static final Pattern NAME = Pattern.compile("`([a-z0-9.]+)`");

  @Test
  void everyRoomHasOneRow() {
    assertThat(Rooms.ALL).extracting(Room::name).containsExactlyInAnyOrderElementsOf(Code.rooms());
  }

  @Test
  void everyArrowOfARowIsUsed() {
    List<String> idle =
        Rooms.ALL.stream()
            .flatMap(room ->
                room.knows().stream()
                    .filter(known -> Code.knownTo(room.name()).noneMatch(known::equals))
                    .map(known -> room.name() + " does not know " + known))
            .toList();
    assertThat(idle).isEmpty();
  }

  /** As the code keeps to the rows, there is no circle among the rooms of a module then. */
  @Test
  void noArrowLeadsUp() {
    Set<String> below = new HashSet<>();
    for (Room room : Rooms.ALL) {
      assertThat(below).as("rooms whose rows stand before %s", room).containsAll(room.knows());
      below.add(room.name());
    }
  }

  @Test
  void noArrowLeavesItsModule() {
    assertThat(Rooms.ALL)
        .allSatisfy(room ->
            assertThat(room.knows())
                .allSatisfy(known ->
                    assertThat(Arrows.moduleOf(known)).isEqualTo(Arrows.moduleOf(room.name()))));
  }

  @Test
  void theMapShowsEveryRoomOnce() throws IOException {
    Path map = Path.of("").toAbsolutePath().resolveSibling("ARCHITECTURE.md");
    try (Stream<String> lines = Files.lines(map)) {
      List<String> shown =
          lines
              .filter(line -> line.startsWith("| `"))
              .map(line -> line.split("\\|", -1)[1])
              .flatMap(cell -> NAME.matcher(cell).results().map(MatchResult::group))
              .map(name -> Rooms.ROOT + name.replace("`", ""))
              .toList();
      assertThat(shown)
          .containsExactlyInAnyOrderElementsOf(Rooms.ALL.stream().map(Room::name).collect(toSet()));
    }
  }
}
