package io.carousel.agent.service;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A server that verifies its clients. It refuses one by an alert, which in TLS 1.3 comes after the
 * client's side of the handshake, by closing the connection, or by an answer that says so.
 *
 * @param serverName the name that the handshake asks for; empty: none
 * @param send what makes it answer
 * @param refused what the first line of an answer looks like by which it refuses
 * @param timeout for all of it
 */
public record ServerVerifier(
    InetSocketAddress address,
    Optional<String> serverName,
    String send,
    Pattern refused,
    Duration timeout)
    implements Verifier {
  /** Makes an HTTP server answer. */
  public static final String HTTP = "HEAD / HTTP/1.0\r\n\r\n";

  /** What nginx answers to a client whose certificate it does not take. */
  public static final Pattern HTTP_REFUSED = Pattern.compile("HTTP/\\S+ (400|495|496)\\b.*");

  @Override
  public boolean ofClients() {
    return true;
  }

  @Override
  public boolean accepts(Shown shown, Optional<Path> set) throws ServiceFailure {
    var identity = new FixedIdentity(shown);
    // Resolved for each trial: a name may move.
    var target = new InetSocketAddress(address.getHostString(), address.getPort());
    try (var plain = new Socket()) {
      plain.connect(target, millis());
      plain.setSoTimeout(millis());
      try (SSLSocket tls =
          (SSLSocket)
              identity
                  .context()
                  .getSocketFactory()
                  .createSocket(plain, target.getHostString(), target.getPort(), true)) {
        return answers(tls);
      }
    } catch (SocketTimeoutException e) {
      throw new ServiceFailure("%s did not answer within %s".formatted(text(), timeout), e);
    } catch (ConnectException e) {
      throw new ServiceFailure("%s cannot be reached: %s".formatted(text(), e.getMessage()), e);
    } catch (SSLException | SocketException e) {
      if (identity.wasAsked()) {
        return false;
      }
      throw new ServiceFailure("there is no handshake with %s: %s".formatted(text(), e), e);
    } catch (IOException e) {
      throw new ServiceFailure("%s cannot be reached: %s".formatted(text(), e), e);
    }
  }

  private boolean answers(SSLSocket tls) throws IOException {
    serverName.ifPresent(name -> {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      tls.setSSLParameters(parameters);
    });
    tls.startHandshake();
    tls.getOutputStream().write(send.getBytes(ISO_8859_1));
    tls.getOutputStream().flush();
    String first =
        new BufferedReader(new InputStreamReader(tls.getInputStream(), ISO_8859_1)).readLine();
    return first != null && !refused.matcher(first).matches();
  }

  private int millis() {
    return (int) Math.max(1, timeout.toMillis());
  }

  private String text() {
    return "%s:%d".formatted(address.getHostString(), address.getPort());
  }

  @Override
  public String describe() {
    return "a client at " + text();
  }
}
