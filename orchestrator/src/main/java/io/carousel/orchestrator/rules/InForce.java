package io.carousel.orchestrator.rules;

import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.SlotName;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which keys of an authority are in force: the one place that says what is trusted, what signs, and
 * what is to be replaced. Bundles, gates, the credential desk and everything published follow it.
 */
public record InForce(Authority authority) {

  /**
   * A key that verifiers must trust now.
   *
   * @param outgoing whether credentials by it are to be replaced now by those of another slot
   */
  public record Trusted(Generation generation, Key.Ready key, boolean outgoing) {}

  /** Every key that verifiers must trust now, the older generation first. */
  public Stream<Trusted> trusted() {
    return authority.trusted().stream().map(authority::generation).flatMap(this::trusted);
  }

  /** Those of that generation, if it is trusted. */
  public Stream<Trusted> trusted(Generation g) {
    if (!authority.trusted().contains(g.number())) {
      return Stream.empty();
    }
    // What is trusted once more is trusted whole, also where a slot has left since.
    return g.ready()
        .filter(k -> g.retrusted() || trusts(k.slot()))
        .map(k -> new Trusted(g, k, isOutgoing(k.slot())));
  }

  /** Those of one format. */
  public Stream<Trusted> trusted(Format format) {
    return trusted().filter(t -> t.key().format() == format);
  }

  /** Whether verifiers must trust that key now. */
  public boolean trusts(Key key) {
    return trusted().anyMatch(t -> t.key().equals(key));
  }

  /** Whether keys of that slot are trusted, where their generation is. */
  private boolean trusts(SlotName slot) {
    return switch (authority.phase()) {
      case Phase.Joining p when p.slot().equals(slot) -> p.slotTrusted();
      case Phase.Creating _,
          Phase.Standby _,
          Phase.Init _,
          Phase.UpdateClients _,
          Phase.UpdateServers _,
          Phase.Rollback _,
          Phase.Joining _,
          Phase.Leaving _ ->
          authority.slots().contains(slot);
    };
  }

  /**
   * The keys of a generation that sign credentials of that format now, if that generation does. Who
   * is lost signs only where nobody else is left.
   */
  public List<Key.Ready> signers(int generation, Format format) {
    List<SlotName> slots = signing();
    return authority
        .generation(generation)
        .ready(format)
        .filter(k -> slots.contains(k.slot()))
        .toList();
  }

  /** Whether that slot signs new credentials. */
  public boolean signs(SlotName slot) {
    return signing().contains(slot);
  }

  /** Whether credentials are signed by that key now: by its generation, and in its slot. */
  public boolean signs(int generation, Key key) {
    return signs(key.slot())
        && Stream.of(Profile.CLIENT, Profile.SERVER, Profile.BOTH)
            .anyMatch(p -> authority.issuing(p) == generation);
  }

  /** Whether what that slot signed is to be replaced by what others sign. */
  public boolean isOutgoing(SlotName slot) {
    return authority.slots().contains(slot) && !signs(slot);
  }

  private List<SlotName> signing() {
    List<SlotName> staying = staying();
    List<SlotName> well = staying.stream().filter(s -> !authority.lost().contains(s)).toList();
    return well.isEmpty() ? staying : well;
  }

  /** The slots of the authority, without one that leaves. */
  List<SlotName> staying() {
    return authority.phase() instanceof Phase.Leaving p
        ? authority.slots().stream().filter(s -> !s.equals(p.slot())).toList()
        : authority.slots();
  }
}
