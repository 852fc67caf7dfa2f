package io.carousel.agent.program;

import io.carousel.agent.disk.StateFolder;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever connects how the agent stands, as one JSON object, and hangs up. Who may connect is
 * who may enter the state folder.
 */
public final class StatusSocket implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Logger LOG = LoggerFactory.getLogger(StatusSocket.class);
  private static final int LIMIT = 1 << 20;

  /** How often the socket's name is looked for, which somebody may remove. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Path path;
  private final Supplier<AgentStatus> status;
  private final ReentrantLock lock = new ReentrantLock();
  private ServerSocketChannel listener;
  private boolean closed;
  private Thread looking;

  private StatusSocket(Path path, Supplier<AgentStatus> status, ServerSocketChannel listener) {
    this.path = path;
    this.status = status;
    this.listener = listener;
  }

  /**
   * Listens in that state folder, of which nobody else may be the agent.
   *
   * @throws IOException if it cannot, as when the path is longer than a socket's may be
   */
  static StatusSocket open(Path state, Supplier<AgentStatus> status) throws IOException {
    Path path = StateFolder.socket(state);
    ServerSocketChannel listener = listen(path);
    var socket = new StatusSocket(path, status, listener);
    Thread.ofVirtual().name("status").start(() -> socket.serve(listener));
    socket.looking = Thread.ofVirtual().name("status socket").start(socket::look);
    return socket;
  }

  private static ServerSocketChannel listen(Path path) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(path));
      return listener;
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  private void look() {
    try {
      while (true) {
        Thread.sleep(LOOK);
        listenAgain();
      }
    } catch (InterruptedException e) {
      LOG.debug("nobody is told the status any more");
    }
  }

  private void listenAgain() {
    lock.lock();
    try {
      if (closed || Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      ServerSocketChannel again = listen(path);
      listener.close();
      listener = again;
      LOG.warn("{} was gone, and is there again", path);
      Thread.ofVirtual().name("status").start(() -> serve(again));
    } catch (IOException e) {
      LOG.debug("{} cannot be made again by now: {}", path, e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  private void serve(ServerSocketChannel listening) {
    while (listening.isOpen()) {
      try (SocketChannel caller = listening.accept()) {
        ByteBuffer answer = ByteBuffer.wrap(Json.PLAIN.write(status.get()));
        while (answer.hasRemaining()) {
          caller.write(answer);
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.debug("a caller was not told the status: {}", e.getMessage());
      } catch (RuntimeException e) {
        LOG.error("the status cannot be told", e);
      }
    }
  }

  /**
   * Asks the agent of that state folder.
   *
   * @throws AgentTrouble if none answers
   */
  public static AgentStatus ask(Path state) throws AgentTrouble {
    Path path = StateFolder.socket(state);
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      byte[] answer = Channels.newInputStream(channel).readNBytes(LIMIT);
      return Json.PLAIN.read(answer, AgentStatus.class);
    } catch (IOException | UnreadableRecord e) {
      throw new AgentTrouble(
          "no agent answers at %s: %s; is it running, and may you enter that folder?"
              .formatted(path, e.getMessage()),
          e);
    }
  }

  /**
   * Asks it again and again until it is up to date, as when it has just been started.
   *
   * @return how it stands at the end, if it still is not
   * @throws AgentTrouble if none answers even then
   */
  public static AgentStatus askUntilUpToDate(Path state, Duration patience)
      throws AgentTrouble, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() - deadline < 0) {
      try {
        AgentStatus status = ask(state);
        if (status.upToDate()) {
          return status;
        }
      } catch (AgentTrouble e) {
        LOG.debug("not yet: {}", e.getMessage());
      }
      Thread.sleep(PAUSE);
    }
    return ask(state);
  }

  @Override
  public void close() throws IOException {
    looking.interrupt();
    lock.lock();
    try {
      closed = true;
      listener.close();
      Files.deleteIfExists(path);
    } finally {
      lock.unlock();
    }
  }
}
