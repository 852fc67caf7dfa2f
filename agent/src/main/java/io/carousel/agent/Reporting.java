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
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes a participant's reports and hands them in, one after the other: the counter is one for all
 * its authorities, and a house that takes the highest must not see two of them out of order.
 */
final class Reporting {
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

  /** Reports what is at work. Repeating a report that was lost gives it a new number. */
  void report(Material atWork) throws HouseException, IOException, InterruptedException {
    HouseId id = house.id();
    oneAtATime.lockInterruptibly();
    try {
      long number = counter.next();
      memory.keep(number);
      house.report(signed(id, number, atWork));
    } finally {
      oneAtATime.unlock();
    }
  }

  private Report signed(HouseId id, long number, Material atWork) {
    TrustBundle bundle = atWork.trust().bundle();
    AuthorityName authority = bundle.authority();
    List<Digest> trusts = atWork.trust().trusted().stream().distinct().toList();
    List<Report.Presented> presents =
        atWork.credential().stream().map(own -> presented(id, number, bundle, own)).toList();
    byte[] statement =
        Statements.report(
            id,
            identity.name(),
            number,
            authority,
            bundle.number(),
            bundle.challenge(),
            trusts,
            presents,
            List.of(),
            java.util.Optional.empty());
    return new Report(
        identity.name(),
        number,
        authority,
        bundle.number(),
        bundle.challenge(),
        trusts,
        presents,
        identity.sign(statement));
  }

  private Report.Presented presented(
      HouseId id, long number, TrustBundle bundle, OwnCredential own) {
    byte[] statement =
        Statements.possessionOfCredential(
            id,
            identity.name(),
            number,
            bundle.authority(),
            bundle.challenge(),
            Format.X509,
            own.profile(),
            own.serial());
    return new Report.Presented(
        Format.X509, own.profile(), own.serial(), own.issuerKey(), own.prove(statement));
  }
}
