package io.carousel.orchestrator.http;

import io.carousel.events.AuthorityName;
import io.carousel.events.KeyId;
import io.carousel.events.OperatorAct;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.documents.Slots;
import io.carousel.orchestrator.documents.Wanted.WantedJoin;
import io.carousel.orchestrator.documents.Wanted.WantedKeyLoss;
import io.carousel.orchestrator.documents.Wanted.WantedLeave;
import io.carousel.orchestrator.documents.Wanted.WantedLoss;
import io.carousel.orchestrator.documents.Wanted.WantedRemoval;
import io.carousel.orchestrator.documents.Wanted.WantedSlot;
import io.carousel.orchestrator.documents.Wanted.WantedThaw;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Slot;
import java.util.List;

/** What operators call about HSM slots. */
final class SlotEndpoints {
  private static final String SLOTS = "/v1/slots";
  private static final String SLOT = SLOTS + "/{slot}";
  private static final String OF_AUTHORITY = "/v1/authorities/{name}/slots";

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
        new Endpoint.Route("POST", SLOT + "/thaw", this::thaw),
        new Endpoint.Route("POST", SLOT + "/loss", this::lose),
        new Endpoint.Route("POST", SLOT + "/keys/{key}/loss", this::loseKey),
        new Endpoint.Route("POST", SLOT + "/removal", this::remove),
        new Endpoint.Route("POST", OF_AUTHORITY, this::join),
        new Endpoint.Route("POST", OF_AUTHORITY + "/{slot}/leave", this::leave));
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

  private Answer lose(Call call) {
    SlotName name = call.path("slot", SlotName::new);
    WantedLoss w = call.wanted(WantedLoss.class);
    return act(
        call,
        Call.valid(() ->
            new OperatorAct.DeclareSlotLost(
                name, w.reason(), Operator.ID, w.breaks().orElse(List.of()))));
  }

  private Answer loseKey(Call call) {
    SlotName name = call.path("slot", SlotName::new);
    KeyId key = call.path("key", KeyId::new);
    WantedKeyLoss w = call.wanted(WantedKeyLoss.class);
    return act(
        call, Call.valid(() -> new OperatorAct.DeclareKeyLost(name, key, w.reason(), Operator.ID)));
  }

  private Answer remove(Call call) {
    SlotName name = call.path("slot", SlotName::new);
    WantedRemoval w = call.wanted(WantedRemoval.class);
    return act(
        call,
        Call.valid(() ->
            new OperatorAct.RemoveSlot(name, w.gone().orElse(false), w.reason(), Operator.ID)));
  }

  private Answer join(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    WantedJoin w = call.wanted(WantedJoin.class);
    return act(
        call,
        Call.valid(() ->
            new OperatorAct.JoinSlot(
                name, w.seen(), w.slot(), w.reason().orElse(""), Operator.ID)));
  }

  private Answer leave(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    SlotName slot = call.path("slot", SlotName::new);
    WantedLeave w = call.wanted(WantedLeave.class);
    return act(
        call,
        Call.valid(() ->
            new OperatorAct.LeaveSlot(
                name, w.seen(), slot, w.reason(), Operator.ID, w.breaks().orElse(List.of()))));
  }

  private Answer act(Call call, OperatorAct act) {
    return OperatorEndpoints.act(desk, call, act);
  }
}
