package io.carousel.e2e.kills;

import io.carousel.agent.House;
import io.carousel.agent.HouseException;
import io.carousel.agent.http.HttpHouse;
import io.carousel.events.AuthorityName;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.HouseId;
import io.carousel.events.ParticipantName;
import io.carousel.events.Report;
import io.carousel.events.Serial;
import io.carousel.events.TrustBundle;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The API of a node that comes and goes, which notes everything that was acknowledged to a caller.
 * Thread-safe.
 */
final class Acknowledged implements House, AutoCloseable {
  /** A report, by whose it is and its place among that sender's reports. */
  record ReportId(ParticipantName participant, AuthorityName authority, long counter) {}

  private final HttpHouse house;
  private final Set<Serial> credentials = ConcurrentHashMap.newKeySet();
  private final Set<ReportId> reports = ConcurrentHashMap.newKeySet();

  Acknowledged(URI api, Path secret) {
    this.house = new HttpHouse(api, secret);
  }

  Set<Serial> credentials() {
    return new HashSet<>(credentials);
  }

  Set<ReportId> reports() {
    return new HashSet<>(reports);
  }

  @Override
  public HouseId id() throws HouseException, InterruptedException {
    return house.id();
  }

  @Override
  public Enrolled enrol(EnrolmentRequest request) throws HouseException, InterruptedException {
    return house.enrol(request);
  }

  @Override
  public Optional<TrustBundle> bundle(AuthorityName authority, long newerThan, Duration wait)
      throws HouseException, InterruptedException {
    return house.bundle(authority, newerThan, wait);
  }

  @Override
  public Credential request(CredentialRequest request) throws HouseException, InterruptedException {
    Credential issued = house.request(request);
    credentials.add(issued.serial());
    return issued;
  }

  @Override
  public void report(Report report) throws HouseException, InterruptedException {
    house.report(report);
    reports.add(new ReportId(report.participant(), report.authority(), report.counter()));
  }

  @Override
  public void close() {
    house.close();
  }
}
