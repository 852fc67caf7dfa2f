package io.carousel.signer;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityEvent.BundleSignatureRequested;
import io.carousel.events.AuthorityEvent.CaCertificateAdopted;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.CaRequestWanted;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyAdoptionRequested;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.HouseEvent.SlotInspectionRequested;
import io.carousel.events.KeyId;
import io.carousel.events.KeyStage;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.OnKey;
import io.carousel.events.SigningCommand.SignBundle;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.Suite;
import io.carousel.events.orders.Finding;
import io.carousel.signer.trust.Orders;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a log must say before a worker carries a key command out. */
public final class Ordered {
  /** A log that ordered whatever is asked, and knows no other key. */
  public static final Orders ALL = expecting();

  private static final AuthorName WORKER = new AuthorName("signer-1");

  private Ordered() {}

  /** A log that ordered whatever is asked, and those keys must be in the token. */
  public static Orders expecting(KeyId... others) {
    return holding(Optional.empty(), others);
  }

  /** As above, and the hold of a key that is to be destroyed ends at that time. */
  public static Orders holding(Optional<Instant> until, KeyId... others) {
    return new Orders() {
      @Override
      public Optional<Instant> heldUntil(DestroyKey command) {
        return until;
      }

      @Override
      public Finding find(KeyCommand command) {
        return new Finding.Stands();
      }

      @Override
      public List<KeyId> others(DestroyKey command) {
        return List.of(others);
      }
    };
  }

  /** The same, ordered by that event. */
  public static <C extends KeyCommand> C by(long event, C command) {
    try {
      RecordComponent[] components = command.getClass().getRecordComponents();
      Object[] values = new Object[components.length];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            components[i].getName().equals("event")
                ? event
                : components[i].getAccessor().invoke(command);
      }
      Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class[]::new);
      @SuppressWarnings("unchecked")
      C same = (C) command.getClass().getDeclaredConstructor(types).newInstance(values);
      return same;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** The events after which a log has ordered that; the last one orders it. */
  public static List<Event> events(KeyCommand command) {
    Instant at = Instant.now();
    return switch (command) {
      case GenerateKey c -> List.of(wanted(c, c.suite(), at));
      case AdoptKey c ->
          List.of(
              new KeyAdoptionRequested(
                  c.authority(),
                  c.generation(),
                  c.slot(),
                  c.format(),
                  c.command(),
                  c.suite(),
                  c.key(),
                  c.acceptWeak(),
                  at));
      case SignCaCertificate c ->
          with(
              adopted(c, c.suite(), c.key(), c.publicKey(), at),
              new CaCertificateRequested(
                  c.authority(), c.generation(), c.slot(), c.command(), c.draft(), at));
      case SignCaRequest c ->
          with(
              adopted(c, c.suite(), c.key(), c.publicKey(), at),
              new CaRequestWanted(
                  c.authority(), c.generation(), c.slot(), c.command(), c.subject(), at));
      case SignCrl c ->
          with(
              adopted(c, c.suite(), c.key(), c.publicKey(), at),
              new CaCertificateAdopted(
                  c.authority(), c.generation(), c.slot(), Asked.id(), c.issuer(), at),
              new CrlRequested(
                  c.authority(), c.generation(), c.slot(), c.command(), c.draft(), at));
      case SignBundle c ->
          with(
              adopted(c, c.suite(), c.key(), c.publicKey(), at),
              new BundleSignatureRequested(
                  c.statement(), c.generation(), c.slot(), c.command(), at));
      case DestroyKey c ->
          with(
              adopted(c, Suite.ED25519, c.key(), c.publicKey(), at),
              new KeyStageReached(
                  c.authority(),
                  c.generation(),
                  c.slot(),
                  c.format(),
                  c.key(),
                  KeyStage.HELD,
                  Optional.of(at),
                  at),
              new KeyDestructionRequested(
                  c.authority(),
                  c.generation(),
                  c.slot(),
                  c.format(),
                  c.command(),
                  c.key(),
                  c.publicKey(),
                  "test",
                  at));
      case InspectToken c ->
          List.of(new SlotInspectionRequested(c.slot(), c.command(), c.expected(), "test", at));
    };
  }

  private static KeyRequested wanted(OnKey c, Suite suite, Instant at) {
    return new KeyRequested(
        c.authority(), c.generation(), c.slot(), c.format(), c.command(), suite, at);
  }

  private static List<Event> adopted(OnKey c, Suite suite, KeyId key, Bytes publicKey, Instant at) {
    var asked = Asked.id();
    Format format = c.format();
    return List.of(
        new KeyRequested(c.authority(), c.generation(), c.slot(), format, asked, suite, at),
        new KeyAdopted(
            c.authority(), c.generation(), c.slot(), format, asked, key, publicKey, WORKER, at));
  }

  private static List<Event> with(List<Event> before, Event... more) {
    var all = new ArrayList<>(before);
    all.addAll(List.of(more));
    return all;
  }
}
