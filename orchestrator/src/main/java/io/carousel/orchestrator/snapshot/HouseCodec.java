package io.carousel.orchestrator.snapshot;

import static java.util.Map.entry;

import io.carousel.events.SigningCommand;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.log.SnapshotCodec;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.rules.Phase;
import java.util.Map;

/**
 * A house as JSON on one line. Equal houses have equal bytes, since every collection in them is
 * ordered. Not a contract: a snapshot is read only by the rule version that wrote it. Thread-safe.
 */
public final class HouseCodec implements SnapshotCodec<House> {
  private static final Json JSON =
      Json.withVariants(
          Map.ofEntries(
              entry(Phase.Creating.class, "creating"),
              entry(Phase.Standby.class, "standby"),
              entry(Phase.Init.class, "init"),
              entry(Phase.UpdateClients.class, "update-clients"),
              entry(Phase.UpdateServers.class, "update-servers"),
              entry(Phase.Rollback.class, "rollback"),
              entry(Phase.Joining.class, "slot-joining"),
              entry(Phase.Leaving.class, "slot-leaving"),
              entry(Key.Wanted.class, "wanted"),
              entry(Key.Withdrawn.class, "withdrawn"),
              entry(Key.Adopted.class, "adopted"),
              entry(Key.Requesting.class, "requesting"),
              entry(Key.AwaitingCertificate.class, "awaiting-certificate"),
              entry(Key.Certified.class, "certified"),
              entry(Key.Ready.class, "ready"),
              entry(Key.Doomed.class, "doomed"),
              entry(Key.Destroyed.class, "destroyed"),
              entry(Key.Unreachable.class, "unreachable"),
              entry(SigningCommand.GenerateKey.class, "generate-key"),
              entry(SigningCommand.AdoptKey.class, "adopt-key"),
              entry(SigningCommand.SignCaCertificate.class, "sign-ca-certificate"),
              entry(SigningCommand.SignCaRequest.class, "sign-ca-request"),
              entry(SigningCommand.SignCrl.class, "sign-crl"),
              entry(SigningCommand.SignBundle.class, "sign-bundle"),
              entry(SigningCommand.InspectToken.class, "inspect-token"),
              entry(SigningCommand.DestroyKey.class, "destroy-key")));

  @Override
  public byte[] write(House house) {
    return JSON.write(house);
  }

  /**
   * The house of those bytes.
   *
   * @throws io.carousel.events.wire.UnreadableRecord if they are not of one
   */
  @Override
  public House read(byte[] bytes) {
    return JSON.read(bytes, House.class);
  }
}
