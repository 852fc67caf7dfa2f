package io.carousel.events.orders;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.AuthorityCreated;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.BundleSigned;
import io.carousel.events.AuthorityEvent.CaCertificateIssued;
import io.carousel.events.AuthorityEvent.CaRequestIssued;
import io.carousel.events.AuthorityEvent.CrlIssued;
import io.carousel.events.AuthorityEvent.GenerationDistrusted;
import io.carousel.events.AuthorityEvent.GenerationRetrusted;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyAdoptionRequested;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.AuthorityEvent.RolledBack;
import io.carousel.events.AuthorityEvent.RootCrlImported;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityEvent.SlotJoinCancelled;
import io.carousel.events.AuthorityEvent.SlotLeft;
import io.carousel.events.AuthorityEvent.SlotTrusted;
import io.carousel.events.AuthorityEvent.TrustExtended;
import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Format;
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
import io.carousel.events.SlotName;
import java.util.function.Predicate;

/** Which orders an event ends: it answers them, or what they ask for is not wanted any more. */
final class Endings {
  private Endings() {}

  static Predicate<KeyCommand> by(AuthorityEvent event, KnownKeys keys) {
    return switch (event) {
      case KeyAdopted e -> answered(e.command());
      case CaCertificateIssued e -> answered(e.command());
      case CaRequestIssued e -> answered(e.command());
      case CrlIssued e -> answered(e.command());
      case BundleSigned e -> answered(e.command());
      case KeyDestroyed e -> answered(e.command());
      case AuthorityEvent.KeyDeclaredLost e ->
          signsBy(e.slot(), e.key()).or(destroys(e.slot(), e.key()));
      case KeyRequested e -> wanted(e, e.generation(), e.slot(), e.format());
      case KeyAdoptionRequested e -> wanted(e, e.generation(), e.slot(), e.format());
      case KeyDestructionRequested e -> signsBy(e.slot(), e.key());
      case KeyStageReached e when e.stage() == KeyStage.HELD -> bundlesBy(e.slot(), e.key());
      case RotationCompleted e ->
          older(e.authority(), e.bundle()).or(withdrawn(e, keys.retiring(e.rotation()), keys));
      case RolledBack e ->
          older(e.authority(), e.bundle()).or(withdrawn(e, keys.successor(e.rotation()), keys));
      case SlotJoinCancelled e -> older(e.authority(), e.bundle()).or(withdrawn(e, e.slot(), keys));
      case SlotLeft e -> older(e.authority(), e.bundle()).or(withdrawn(e, e.slot(), keys));
      case AuthorityOpened e -> older(e.authority(), e.bundle());
      case TrustExtended e -> older(e.authority(), e.bundle());
      case SlotTrusted e -> older(e.authority(), e.bundle());
      case GenerationRetrusted e -> older(e.authority(), e.bundle());
      case GenerationDistrusted e -> older(e.authority(), e.bundle());
      case RootCrlImported e -> older(e.authority(), e.bundle());
      // Written out, so that a new event must say here whether it ends an order.
      case AuthorityCreated _,
          KeyStageReached _,
          AuthorityEvent.PolicyChanged _,
          AuthorityEvent.KeyShown _,
          AuthorityEvent.SurplusKeyFound _,
          AuthorityEvent.KeyCommandFailed _,
          AuthorityEvent.CaCertificateRequested _,
          AuthorityEvent.CaRequestWanted _,
          AuthorityEvent.CaCertificateImported _,
          AuthorityEvent.CaCertificateAdopted _,
          AuthorityEvent.ForeignCrlImported _,
          AuthorityEvent.ForeignCrlFollowed _,
          AuthorityEvent.ForeignCrlFetchChanged _,
          AuthorityEvent.CrlRequested _,
          AuthorityEvent.BundleSignatureRequested _,
          AuthorityEvent.CredentialsRevoked _,
          AuthorityEvent.RotationStarted _,
          AuthorityEvent.ClientsUpdating _,
          AuthorityEvent.ServersUpdating _,
          AuthorityEvent.RollbackStarted _,
          AuthorityEvent.SlotJoining _,
          AuthorityEvent.SlotJoined _,
          AuthorityEvent.SlotLeaving _,
          AuthorityEvent.SlotLeaveCancelled _ ->
          _ -> false;
    };
  }

  private static Predicate<KeyCommand> answered(CommandId id) {
    return c -> c.command().equals(id);
  }

  /** Another key is asked for in the place of one that was asked for before. */
  private static Predicate<KeyCommand> wanted(
      AuthorityEvent e, int generation, SlotName slot, Format format) {
    return c ->
        makes(c)
            && c instanceof OnKey k
            && k.authority().equals(e.authority())
            && k.generation() == generation
            && k.slot().equals(slot)
            && k.format() == format;
  }

  private static boolean makes(KeyCommand command) {
    return command instanceof GenerateKey || command instanceof AdoptKey;
  }

  /** What a key was still to sign as a CA, and will not sign any more. */
  private static Predicate<KeyCommand> signsBy(SlotName slot, KeyId key) {
    return c ->
        c.slot().equals(slot)
            && switch (c) {
              case SignCaCertificate s -> s.key().equals(key);
              case SignCaRequest s -> s.key().equals(key);
              case SignCrl s -> s.key().equals(key);
              case SignBundle s -> s.key().equals(key);
              case GenerateKey _, AdoptKey _, InspectToken _, DestroyKey _ -> false;
            };
  }

  private static Predicate<KeyCommand> destroys(SlotName slot, KeyId key) {
    return c -> c instanceof DestroyKey d && d.slot().equals(slot) && d.key().equals(key);
  }

  /** Bundles are signed by keys that are in use. */
  private static Predicate<KeyCommand> bundlesBy(SlotName slot, KeyId key) {
    return c -> c instanceof SignBundle s && s.slot().equals(slot) && s.key().equals(key);
  }

  private static Predicate<KeyCommand> older(AuthorityName authority, long bundle) {
    return c ->
        c instanceof SignBundle s
            && s.statement().authority().equals(authority)
            && s.statement().bundle() < bundle;
  }

  private static Predicate<KeyCommand> withdrawn(AuthorityEvent e, int generation, KnownKeys keys) {
    return c ->
        c instanceof OnKey k
            && k.authority().equals(e.authority())
            && k.generation() == generation
            && unfinished(k, keys);
  }

  private static Predicate<KeyCommand> withdrawn(AuthorityEvent e, SlotName slot, KnownKeys keys) {
    return c ->
        c instanceof OnKey k
            && k.authority().equals(e.authority())
            && k.slot().equals(slot)
            && unfinished(k, keys);
  }

  /** A key that never came to sign credentials needs neither certificate nor CRL. */
  private static boolean unfinished(OnKey command, KnownKeys keys) {
    return switch (command) {
      case GenerateKey _, AdoptKey _, SignCaCertificate _, SignCaRequest _ -> true;
      case SignCrl c ->
          keys.x509(c.authority(), c.generation(), c.slot()).filter(Known::crl).isEmpty();
      case SignBundle _, DestroyKey _ -> false;
    };
  }
}
