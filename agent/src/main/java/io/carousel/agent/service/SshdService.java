package io.carousel.agent.service;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * sshd, which needs nobody to tell it: each connection is served by a process that reads the files
 * anew, be it started by socket activation or, as far as OpenSSH 9.2 goes, by an sshd that runs all
 * the time. It is not told to reload, since it would close its listener for a moment. If it shows
 * another certificate all the same, this fails. Whom sshd trusts nobody can see from outside.
 *
 * @param command sshd itself, with {@code -f} if its configuration is elsewhere
 * @param address where it listens
 * @param timeout for each look
 */
public record SshdService(List<String> command, InetSocketAddress address, Duration timeout)
    implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(SshdService.class);

  private static final String NEVER_STARTED = "Missing privilege separation directory";

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
    if (!isThere()) {
      LOG.info("nobody listens at {}; sshd will read {} when it starts", text(), expected.set());
    } else if (!shows(expected.hostCertificate().get())) {
      throw new ServiceFailure(
          "sshd at %s does not show the new host certificate; have HostKey and HostCertificate name the files in 'current', and start it by socket activation (ssh.socket)"
              .formatted(text()));
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

  private boolean isThere() {
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(address.getHostString(), address.getPort()),
          (int) timeout.toMillis());
      return true;
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** As strangers get to see it (ssh-keyscan(1)). */
  private boolean shows(String certificate) throws ServiceFailure, InterruptedException {
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
                String.valueOf(address.getPort()),
                address.getHostString()),
            timeout);
    return scan.end(Map.of()).lines().stream().anyMatch(line -> line.endsWith(certificate));
  }

  private String text() {
    return "%s:%d".formatted(address.getHostString(), address.getPort());
  }

  @Override
  public String describe() {
    return "sshd at " + text();
  }
}
