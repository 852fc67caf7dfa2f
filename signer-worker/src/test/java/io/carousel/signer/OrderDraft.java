package io.carousel.signer;

import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.KeyId;
import io.carousel.events.LeafOrder;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import java.time.Instant;

/** An order of which a test changes one thing. */
public final class OrderDraft {
  public CommandId command;
  public AuthorityName authority;
  public int generation;
  public SlotName slot;
  public KeyId key;
  public Suite suite;
  public ParticipantName participant;
  public Digest identity;
  public Profile profile;
  public Serial serial;
  public Instant notBefore;
  public Instant notAfter;
  public long phaseSequence;
  public Instant deadline;

  OrderDraft(LeafOrder o) {
    command = o.command();
    authority = o.authority();
    generation = o.generation();
    slot = o.slot();
    key = o.key();
    suite = o.suite();
    participant = o.participant();
    identity = o.identity();
    profile = o.profile();
    serial = o.serial();
    notBefore = o.notBefore();
    notAfter = o.notAfter();
    phaseSequence = o.phaseSequence();
    deadline = o.deadline();
  }

  LeafOrder order() {
    return new LeafOrder(
        command,
        authority,
        generation,
        slot,
        key,
        suite,
        participant,
        identity,
        profile,
        serial,
        notBefore,
        notAfter,
        phaseSequence,
        deadline);
  }
}
