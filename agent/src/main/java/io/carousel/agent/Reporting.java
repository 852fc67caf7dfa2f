package io.carousel.agent;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.Report;
import io.carousel.events.Statements;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes a participant's reports and hands them in, one after the other: the counter is one for all
 * its authorities, and a house that takes the highest must not see two of them out of order.
 */
final class Reporting {
  /** The number of the bundle in place where none is. */
  private static final long NO_BUNDLE = 0;

  private final Identity identity;
  private final House house;
  private final ReportCounter counter;
  private final Memory memory;
  private final ReentrantLock oneAtATime = new ReentrantLock();

  Reporting(Identity identity, House house, ReportCounter counter, Memory memory) {
    this.identity = identity;
    this.house = house;
    this.counter = counter;
    this.memory = memory;
  }

  /**
   * What a report says beside what is at work.
   *
   * @param tried what the verifier did with canaries
   * @param withheld keys that are not told as trusted, since the verifier has not shown it
   * @param trouble what keeps the participant from following
   * @param observed what was found by looking at the services
   */
  record Remarks(
      List<Report.Tried> tried,
      Set<Digest> withheld,
      Optional<String> trouble,
      Observations observed) {
    /** All is well, nothing was tried, and nobody has looked. */
    static final Remarks NONE =
        new Remarks(List.of(), Set.of(), Optional.empty(), Observations.NONE);

    /** With that trouble, if there is no other. */
    Remarks or(Optional<String> more) {
      return new Remarks(tried, withheld, trouble.or(() -> more), observed);
    }
  }

  /**
   * Reports what is at work in these formats. Repeating a report that was lost gives it a new
   * number.
   */
  void report(Material atWork, List<Format> formats, Remarks remarks)
      throws HouseException, InterruptedException {
    HouseId id = house.id();
    oneAtATime.lockInterruptibly();
    try {
      long number = counter.next();
      house.report(signed(id, number, atWork, formats, remarks.or(unkept(number))));
    } finally {
      oneAtATime.unlock();
    }
  }

  /**
   * Reports that something is not in place, and why: with no bundle in place, and nobody known to
   * be trusted. No gate counts that, and everybody sees it.
   *
   * @param newest a bundle of the authority, whichever is known
   * @param shown of the credentials those that the services were seen to show all the same
   */
  void failing(TrustBundle newest, List<OwnCredential> shown, Remarks remarks)
      throws HouseException, InterruptedException {
    HouseId id = house.id();
    oneAtATime.lockInterruptibly();
    try {
      long number = counter.next();
      house.report(
          signed(
              id,
              number,
              new Place(newest.authority(), NO_BUNDLE, newest.challenge()),
              List.of(),
              shown,
              remarks.or(unkept(number))));
    } finally {
      oneAtATime.unlock();
    }
  }

  /**
   * Keeps a report's number. Where that cannot be done the report says so: to say nothing would
   * look as if nobody were there.
   *
   * @return why it could not be kept
   */
  private Optional<String> unkept(long number) {
    try {
      memory.keep(number);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** What a report is about. */
  private record Place(AuthorityName authority, long bundle, Digest challenge) {}

  private Report signed(
      HouseId id, long number, Material atWork, List<Format> formats, Remarks remarks) {
    TrustBundle bundle = atWork.trust().bundle();
    List<Digest> trusts =
        formats.stream()
            .flatMap(format -> atWork.trust().trusted(format).stream())
            .distinct()
            .filter(key -> !remarks.withheld().contains(key))
            .toList();
    var place = new Place(bundle.authority(), bundle.number(), bundle.challenge());
    return signed(id, number, place, trusts, atWork.credentials(), remarks);
  }

  private Report signed(
      HouseId id,
      long number,
      Place place,
      List<Digest> trusts,
      List<OwnCredential> credentials,
      Remarks remarks) {
    AuthorityName authority = place.authority();
    Optional<String> trouble = remarks.trouble().map(Report::plain);
    List<Report.Presented> presents =
        credentials.stream()
            .map(own -> presented(id, number, place, own, remarks.observed()))
            .toList();
    Optional<Integer> earlier = remarks.observed().earlierConnections();
    byte[] statement =
        Statements.report(
            id,
            identity.name(),
            number,
            authority,
            place.bundle(),
            place.challenge(),
            trusts,
            presents,
            remarks.tried(),
            trouble,
            earlier);
    return new Report(
        identity.name(),
        number,
        authority,
        place.bundle(),
        place.challenge(),
        trusts,
        presents,
        remarks.tried(),
        trouble,
        earlier,
        identity.sign(statement));
  }

  private Report.Presented presented(
      HouseId id, long number, Place place, OwnCredential own, Observations observed) {
    byte[] statement =
        Statements.possessionOfCredential(
            id,
            identity.name(),
            number,
            place.authority(),
            place.challenge(),
            own.format(),
            own.profile(),
            own.serial());
    return new Report.Presented(
        own.format(),
        own.profile(),
        own.serial(),
        own.issuerKey(),
        own.prove(statement),
        Optional.ofNullable(observed.credentials().get(own.use())));
  }
}
