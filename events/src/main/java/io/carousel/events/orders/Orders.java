package io.carousel.events.orders;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.BundleSignatureRequested;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.CaRequestWanted;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityEvent.KeyAdoptionRequested;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityName;
import io.carousel.events.HouseEvent.SlotInspectionRequested;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignBundle;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import java.util.Optional;

/** The one key command that an event orders: every field follows from it and from those before. */
final class Orders {
  private Orders() {}

  /** Empty for events that order nothing, or something of a key that the log does not know. */
  static Optional<KeyCommand> of(AuthorityEvent event, KnownKeys keys, long sequence) {
    return switch (event) {
      case KeyRequested e ->
          Optional.of(
              new GenerateKey(
                  e.command(),
                  sequence,
                  e.authority(),
                  e.generation(),
                  e.slot(),
                  e.format(),
                  e.suite()));
      case KeyAdoptionRequested e ->
          Optional.of(
              new AdoptKey(
                  e.command(),
                  sequence,
                  e.authority(),
                  e.generation(),
                  e.slot(),
                  e.format(),
                  e.suite(),
                  e.key(),
                  e.acceptWeak()));
      case CaCertificateRequested e ->
          keys.x509(e.authority(), e.generation(), e.slot())
              .map(k ->
                  new SignCaCertificate(
                      e.command(),
                      sequence,
                      e.authority(),
                      e.generation(),
                      e.slot(),
                      k.id(),
                      k.publicKey(),
                      keys.suite(k.place()),
                      e.draft()));
      case CaRequestWanted e ->
          keys.x509(e.authority(), e.generation(), e.slot())
              .map(k ->
                  new SignCaRequest(
                      e.command(),
                      sequence,
                      e.authority(),
                      e.generation(),
                      e.slot(),
                      k.id(),
                      k.publicKey(),
                      keys.suite(k.place()),
                      e.subject()));
      case CrlRequested e ->
          keys.x509(e.authority(), e.generation(), e.slot())
              .filter(k -> k.certificate().isPresent())
              .map(k ->
                  new SignCrl(
                      e.command(),
                      sequence,
                      e.authority(),
                      e.generation(),
                      e.slot(),
                      k.id(),
                      k.publicKey(),
                      keys.suite(k.place()),
                      k.certificate().get(),
                      e.draft()));
      case BundleSignatureRequested e ->
          keys.x509(AuthorityName.BUILT_IN, e.generation(), e.slot())
              .map(k ->
                  new SignBundle(
                      e.command(),
                      sequence,
                      AuthorityName.BUILT_IN,
                      e.generation(),
                      e.slot(),
                      k.id(),
                      k.publicKey(),
                      keys.suite(k.place()),
                      e.statement()));
      case KeyDestructionRequested e ->
          Optional.of(
              new DestroyKey(
                  e.command(),
                  sequence,
                  e.authority(),
                  e.generation(),
                  e.slot(),
                  e.format(),
                  e.key(),
                  e.publicKey()));
      // Written out, so that a new event must say here whether it orders work on keys.
      case AuthorityEvent.AuthorityCreated _,
          AuthorityEvent.PolicyChanged _,
          AuthorityEvent.AuthorityOpened _,
          AuthorityEvent.KeyShown _,
          AuthorityEvent.KeyAdopted _,
          AuthorityEvent.SurplusKeyFound _,
          AuthorityEvent.KeyCommandFailed _,
          AuthorityEvent.CaCertificateIssued _,
          AuthorityEvent.CaRequestIssued _,
          AuthorityEvent.CaCertificateImported _,
          AuthorityEvent.RootCrlImported _,
          AuthorityEvent.CaCertificateAdopted _,
          AuthorityEvent.ForeignCrlImported _,
          AuthorityEvent.ForeignCrlFollowed _,
          AuthorityEvent.ForeignCrlFetchChanged _,
          AuthorityEvent.KeyDeclaredLost _,
          AuthorityEvent.CrlIssued _,
          AuthorityEvent.BundleSigned _,
          AuthorityEvent.CredentialsRevoked _,
          AuthorityEvent.KeyStageReached _,
          AuthorityEvent.RotationStarted _,
          AuthorityEvent.TrustExtended _,
          AuthorityEvent.ClientsUpdating _,
          AuthorityEvent.ServersUpdating _,
          AuthorityEvent.RotationCompleted _,
          AuthorityEvent.RollbackStarted _,
          AuthorityEvent.RolledBack _,
          AuthorityEvent.GenerationRetrusted _,
          AuthorityEvent.GenerationDistrusted _,
          AuthorityEvent.SlotJoining _,
          AuthorityEvent.SlotTrusted _,
          AuthorityEvent.SlotJoined _,
          AuthorityEvent.SlotJoinCancelled _,
          AuthorityEvent.SlotLeaving _,
          AuthorityEvent.SlotLeft _,
          AuthorityEvent.SlotLeaveCancelled _,
          AuthorityEvent.KeyDestroyed _ ->
          Optional.empty();
    };
  }

  static InspectToken of(SlotInspectionRequested e, long sequence) {
    return new InspectToken(e.command(), sequence, e.slot(), e.expected());
  }
}
