package io.carousel.orchestrator.http;

import io.carousel.events.OperatorAct;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.documents.Slots;
import io.carousel.orchestrator.documents.Wanted.WantedSlot;
import io.carousel.orchestrator.documents.Wanted.WantedThaw;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Slot;
import java.util.List;

/** What operators call about HSM slots. */
final class SlotEndpoints {
  private static final String SLOTS = "/v1/slots";
  private static final String SLOT = SLOTS + "/{slot}";

  private final FrontDesk desk;

  SlotEndpoints(FrontDesk desk) {
    this.desk = desk;
  }

  List<Endpoint.Route> routes() {
    return List.of(
        new Endpoint.Route("GET", SLOTS, _ -> slots()),
        new Endpoint.Route("POST", SLOTS, this::register),
        new Endpoint.Route("GET", SLOT, this::slot),
        new Endpoint.Route("POST", SLOT + "/inspection", this::inspect),
        new Endpoint.Route("POST", SLOT + "/thaw", this::thaw));
  }

  private Answer slots() {
    House house = desk.house();
    return Answer.ok(
        new Slots(house.slots().values().stream().map(s -> Views.slot(house, s)).toList()));
  }

  private Answer slot(Call call) {
    House house = desk.house();
    SlotName name = call.path("slot", SlotName::new);
    Slot slot = house.slots().get(name);
    if (slot == null) {
      throw new Declined(
          Declined.Kind.NOT_FOUND,
          "unknown-slot",
          "there is no slot '%s'; see 'carousel slot list'".formatted(name));
    }
    return Answer.ok(Views.slot(house, slot));
  }

  private Answer register(Call call) {
    WantedSlot w = call.wanted(WantedSlot.class);
    return act(
        call,
        Call.valid(
            () -> new OperatorAct.RegisterSlot(w.name(), w.module(), w.custody(), Operator.ID)));
  }

  private Answer inspect(Call call) {
    SlotName name = call.path("slot", SlotName::new);
    return act(call, new OperatorAct.InspectSlot(name, Operator.ID));
  }

  private Answer thaw(Call call) {
    SlotName name = call.path("slot", SlotName::new);
    WantedThaw w = call.wanted(WantedThaw.class);
    return act(call, Call.valid(() -> new OperatorAct.ThawSlot(name, w.reason(), Operator.ID)));
  }

  private Answer act(Call call, OperatorAct act) {
    return OperatorEndpoints.act(desk, call, act);
  }
}
