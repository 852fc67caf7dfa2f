package io.carousel.orchestrator.credential;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Canary;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Format;
import io.carousel.events.LeafOrder;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SubjectName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who gets a canary, of which generation, and when. */
class CanaryDeskTest extends CredentialTest {
  @Test
  void outsideOfARotationThereIsNothingToTry() {
    declines(canary(Profile.CANARY_SERVER), "no-canary");
    assertThat(written).isEmpty();
  }

  @Test
  void itIsOfTheSuccessorAsSoonAsThatIsToBeTrusted() {
    story.accept(new StartRotation(USER, story.authority("user").seen(), List.of(), "", "p-1"));
    declines(canary(Profile.CANARY_SERVER), "no-canary");
    story.settle();
    Credential canary = desk.issue(canary(Profile.CANARY_SERVER));
    assertThat(canary.generation()).isEqualTo(2);
    LeafOrder order = written.getLast().order();
    assertThat(order.profile()).isEqualTo(Profile.CANARY_SERVER);
    assertThat(Duration.between(story.now(), order.notAfter())).isEqualTo(Canary.LIFE);
    // Clients present what they did: nothing has moved.
    assertThat(desk.issue(request(USER, Profile.CLIENT, csr(), story.now())).generation())
        .isEqualTo(1);
  }

  @Test
  void aRollbackEndsIt() {
    rotating();
    story.accept(new RollBack(USER, story.authority("user").seen(), "no", "p-1"));
    declines(canary(Profile.CANARY_SERVER), "no-canary");
  }

  @Test
  void itIsOfTheSideThatItsHolderVerifies() {
    rotating();
    declines(canary(Profile.CANARY_CLIENT), "wrong-profile");
    enrolled(Role.PRESENTS_SERVER, Role.VERIFIES);
    desk.issue(canary(Profile.CANARY_CLIENT));
    declines(canary(Profile.CANARY_SERVER), "wrong-profile");
    enrolled(Role.VERIFIES);
    desk.issue(canary(Profile.CANARY_CLIENT));
    desk.issue(canary(Profile.CANARY_SERVER));
    enrolled(Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER);
    declines(canary(Profile.CANARY_CLIENT), "wrong-profile");
  }

  @Test
  void itNamesNobodyWhateverItsHolderIsCalled() {
    rotating();
    story.accept(
        web.enrolment(
            List.of(
                new Membership(
                    USER,
                    List.of(Role.VERIFIES),
                    List.of(Format.X509),
                    List.of(new SubjectName("dns:www.example.org"))))));
    desk.issue(canary(Profile.CANARY_CLIENT));
    assertThat(((SignLeaf) written.getLast()).names()).isEmpty();
  }

  private void rotating() {
    story.accept(new StartRotation(USER, story.authority("user").seen(), List.of(), "", "p-1"));
    story.settle();
  }

  private void enrolled(Role... roles) {
    story.accept(web.enrolment(List.of(new Membership(USER, List.of(roles)))));
  }

  private CredentialRequest canary(Profile profile) {
    return request(USER, profile, csr(), story.now());
  }
}
