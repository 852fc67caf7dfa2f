package io.carousel.agent.service;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * sshd, which needs nobody to tell it: each connection is served by a process that reads the files
 * anew, be it started by socket activation or, as far as OpenSSH 9.2 goes, by an sshd that runs all
 * the time. It is not told to reload, since it would close its listener for a moment. If it shows
 * another certificate all the same, this fails. Whom sshd trusts nobody can see from outside.
 *
 * @param command sshd itself, with {@code -f} if its configuration is elsewhere
 * @param addresses where it listens
 * @param timeout for each look
 */
public record SshdService(List<String> command, Addresses addresses, Duration timeout)
    implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(SshdService.class);

  private static final String NEVER_STARTED = "Missing privilege separation directory";

  /** The names of the processes that serve sessions (proc(5), {@code comm}). */
  private static final String PROGRAM = "sshd";

  /** Copies. */
  public SshdService {
    command = List.copyOf(command);
  }

  @Override
  public void takeUp(Expectation expected) throws ServiceFailure, InterruptedException {
    test(expected);
    if (expected.hostCertificate().isEmpty()) {
      return;
    }
    Sight seen = look(expected.hostCertificate().get());
    if (seen.backends() == 0) {
      LOG.info("nobody listens at {}; sshd will read {} when it starts", addresses, expected.set());
    } else if (seen.lacking().isPresent()) {
      throw new ServiceFailure(
          "%s; have HostKey and HostCertificate name the files in 'current', and start it by socket activation (ssh.socket)"
              .formatted(seen.lacking().get()));
    }
  }

  /** Its unit makes the folder where it locks up strangers; before that it cannot test. */
  private void test(Expectation expected) throws ServiceFailure, InterruptedException {
    Command test = new Command(command, timeout).with("-t");
    Command.Ended ended = test.end(expected.environment());
    if (ended.status() != 0 && !ended.said().contains(NEVER_STARTED)) {
      throw new ServiceFailure(
          "'%s' ended with status %d%s".formatted(test, ended.status(), ended.said()));
    }
  }

  @Override
  public Optional<Sight> look(Expectation expected) throws InterruptedException {
    if (expected.hostCertificate().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(briefly().look(expected.hostCertificate().get()));
    } catch (ServiceFailure e) {
      return Optional.of(Sight.nobody(e.getMessage()));
    }
  }

  private SshdService briefly() {
    return new SshdService(command, addresses, TlsServer.briefly(timeout));
  }

  private Sight look(String certificate) throws ServiceFailure, InterruptedException {
    int backends = 0;
    int showing = 0;
    Optional<String> lacking = Optional.empty();
    try {
      for (InetSocketAddress backend : addresses.resolved()) {
        if (!isThere(backend)) {
          continue;
        }
        backends++;
        if (shows(backend, certificate)) {
          showing++;
        } else {
          lacking =
              lacking.or(() ->
                  Optional.of(
                      "sshd at %s does not show the host certificate that is due"
                          .formatted(Addresses.text(backend))));
        }
      }
    } catch (UnknownHostException e) {
      return Sight.nobody("nobody knows the address of %s".formatted(addresses));
    }
    return new Sight(backends, showing, lacking);
  }

  private boolean isThere(InetSocketAddress backend) {
    try (var socket = new Socket()) {
      socket.connect(backend, (int) timeout.toMillis());
      return true;
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** As strangers get to see it (ssh-keyscan(1)). */
  private boolean shows(InetSocketAddress backend, String certificate)
      throws ServiceFailure, InterruptedException {
    String type = certificate.substring(0, certificate.indexOf(' '));
    var scan =
        new Command(
            List.of(
                "ssh-keyscan",
                "-c",
                "-T",
                String.valueOf(Math.max(1, timeout.toSeconds())),
                "-t",
                type.replaceFirst("-cert-v01@openssh[.]com", ""),
                "-p",
                String.valueOf(backend.getPort()),
                backend.getAddress().getHostAddress()),
            timeout);
    return scan.end(Map.of()).lines().stream().anyMatch(line -> line.endsWith(certificate));
  }

  @Override
  public boolean listsConnections() {
    return addresses.areHere();
  }

  @Override
  public Optional<Set<Connection>> connections() {
    return Connections.standing(addresses, Optional.empty(), sessions());
  }

  @Override
  public void sever(Set<Connection> those) {
    Connections.sever(addresses, sessions(), those);
  }

  /** Each session has processes of its own, whoever has started them. */
  private static Stream<ProcessHandle> sessions() {
    return ProcessHandle.allProcesses().filter(SshdService::isSshd);
  }

  private static boolean isSshd(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "comm"))
          .startsWith(PROGRAM);
    } catch (IOException e) {
      // It has ended meanwhile.
      return false;
    }
  }

  @Override
  public String describe() {
    return "sshd at " + addresses;
  }
}
