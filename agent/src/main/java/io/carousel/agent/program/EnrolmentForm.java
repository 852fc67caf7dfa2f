package io.carousel.agent.program;

import io.carousel.agent.Identity;
import io.carousel.agent.config.AgentConfig;
import io.carousel.events.Bytes;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.SubjectName;
import java.io.IOException;
import java.util.List;

/**
 * What an operator enrols an agent with: the body of {@code POST /v1/participants}.
 *
 * @param identityKey Ed25519, SubjectPublicKeyInfo
 */
public record EnrolmentForm(
    ParticipantName participant, Bytes identityKey, List<Membership> memberships) {
  /** Copies. */
  public EnrolmentForm {
    memberships = List.copyOf(memberships);
  }

  /**
   * The form of that agent, whose identity key is made if there is none.
   *
   * @param names that its credentials may hold beside its own
   */
  public static EnrolmentForm of(AgentConfig config, List<SubjectName> names) throws AgentTrouble {
    try {
      Identity identity = Identity.readOrCreate(config.name(), config.identityKey());
      return new EnrolmentForm(
          config.name(),
          identity.publicKey(),
          config.memberships().stream()
              .map(m -> new Membership(m.authority(), m.roles(), m.formats(), names))
              .toList());
    } catch (IOException e) {
      throw new AgentTrouble(e.getMessage(), e);
    }
  }
}
