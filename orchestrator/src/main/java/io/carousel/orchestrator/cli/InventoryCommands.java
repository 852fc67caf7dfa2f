package io.carousel.orchestrator.cli;

import io.carousel.events.Membership;
import io.carousel.orchestrator.documents.Participants;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code carousel fleet}: who belongs to the house. */
final class InventoryCommands {
  private InventoryCommands() {}

  @Command(name = "fleet", description = "Shows participants.")
  static final class FleetGroup extends CommandGroup {}

  @Command(
      name = "list",
      description = "Lists all participants with their roles.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel fleet list", "  carousel fleet list -o json"})
  static final class FleetList extends NodeCommand {
    FleetList(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(api.get("/v1/participants", Participants.class), this::table);
    }

    private void table(Participants all) {
      var table = new Table("NAME", "AUTHORITY", "ROLES");
      all.participants()
          .forEach(p -> p.memberships().forEach(m -> table.row(p.name(), m.authority(), roles(m))));
      table.print(out(), style());
    }

    private static String roles(Membership m) {
      return m.roles().stream().map(Object::toString).collect(Collectors.joining(", "));
    }
  }
}
