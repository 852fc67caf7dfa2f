package io.carousel.agent.service;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL. Its first process reads the files when it is told to reload, and every connection
 * from then on goes by them; if it cannot, it says so in its log alone and keeps the earlier ones.
 * So this waits until a handshake shows the new certificate and asks for the new CAs. Of a set in
 * which nothing but CRLs is new nothing can be seen from outside.
 *
 * @param pidFile {@code postmaster.pid} of the data folder, or what external_pid_file names
 */
public record PostgresqlService(Path pidFile, TlsServer server) implements TlsServing {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresqlService.class);

  @Override
  public void takeUp(Expectation expected) throws ServiceFailure, InterruptedException {
    var file = new PidFile(pidFile, "PostgreSQL", "postgres");
    Optional<ProcessHandle> first = file.process();
    if (first.isEmpty()) {
      file.requireNobodyAt(server, "external_pid_file, or its data folder's postmaster.pid,");
      LOG.info("PostgreSQL is not running; it will read {} when it starts", expected.set());
      return;
    }
    PidFile.signal(first.get(), "HUP", server);
    Waiting.until(
        server.timeout(),
        "PostgreSQL was told to reload",
        () -> server.lacking(expected),
        "its log says why: 'SSL configuration was not reloaded'");
  }

  @Override
  public Stream<ProcessHandle> workers() {
    return new PidFile(pidFile, "PostgreSQL", "postgres").children();
  }

  @Override
  public String describe() {
    return "PostgreSQL at " + server;
  }
}
