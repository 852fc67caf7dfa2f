package io.carousel.orchestrator.log;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * The network between clients and one broker. Told to, it loses every commit of a transaction, on
 * the way there or the answer on the way back, until a producer fences the one that commits; a
 * connection on which something was lost stays silent in that direction, as a dead network is.
 */
final class LossyLink implements AutoCloseable {
  /** What becomes of a commit. */
  enum Loss {
    NOTHING,
    COMMIT,
    ANSWER
  }

  private final ServerSocket entrance;
  private final List<Line> lines = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<Line> withLateCommits = new LinkedBlockingQueue<>();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile Loss loses = Loss.NOTHING;
  private int broker;

  LossyLink() {
    try {
      entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where clients find the broker, and what it must say of itself. */
  String address() {
    return "127.0.0.1:" + entrance.getLocalPort();
  }

  /** Lets clients through to the broker that listens there. */
  void leadTo(String bootstrap) {
    broker = Integer.parseInt(bootstrap.substring(bootstrap.lastIndexOf(':') + 1));
    Thread.ofVirtual().start(this::admit);
  }

  /** From now until the next fencing. */
  void lose(Loss loss) {
    lost.set(0);
    withLateCommits.clear();
    loses = loss;
  }

  /** How many commits or answers were lost since it was told to. */
  int lost() {
    return lost.get();
  }

  /** Delivers a commit that was lost, and hears what the broker says to it. */
  Errors deliverLate() throws IOException, InterruptedException {
    return withLateCommits.take().deliver();
  }

  private void admit() {
    while (!entrance.isClosed()) {
      try {
        var line =
            new Line(entrance.accept(), new Socket(InetAddress.getLoopbackAddress(), broker));
        lines.add(line);
        Thread.ofVirtual().start(line::carryThere);
        Thread.ofVirtual().start(line::carryBack);
      } catch (IOException e) {
        // The broker is not there, or the link is closed: a client sees a connection that ends.
      }
    }
  }

  /** One connection. */
  private final class Line {
    private final Socket client;
    private final Socket server;
    private final LinkedBlockingQueue<byte[]> heardLate = new LinkedBlockingQueue<>();
    private volatile byte[] commit;
    private volatile boolean answersLost;

    Line(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void carryThere() {
      try {
        var in = new DataInputStream(client.getInputStream());
        var out = new DataOutputStream(server.getOutputStream());
        while (true) {
          byte[] request = frame(in);
          notice(request);
          if (commit == null) {
            send(out, request);
          }
        }
      } catch (IOException e) {
        // With a commit in hand it outlives its client.
        if (commit == null) {
          hangUp();
        }
      }
    }

    private void notice(byte[] request) {
      short kind = ByteBuffer.wrap(request).getShort();
      if (kind == ApiKeys.INIT_PRODUCER_ID.id && lost.get() > 0) {
        loses = Loss.NOTHING;
      } else if (kind == ApiKeys.END_TXN.id && loses == Loss.COMMIT) {
        commit = request;
        lost.incrementAndGet();
        withLateCommits.add(this);
      } else if (kind == ApiKeys.END_TXN.id && loses == Loss.ANSWER) {
        answersLost = true;
        lost.incrementAndGet();
      }
    }

    void carryBack() {
      try {
        var in = new DataInputStream(server.getInputStream());
        var out = new DataOutputStream(client.getOutputStream());
        while (true) {
          byte[] answer = frame(in);
          if (commit != null) {
            heardLate.add(answer);
          } else if (!answersLost) {
            send(out, answer);
          }
        }
      } catch (IOException e) {
        hangUp();
      }
    }

    Errors deliver() throws IOException, InterruptedException {
      heardLate.clear();
      send(new DataOutputStream(server.getOutputStream()), commit);
      byte[] answer = heardLate.poll(10, TimeUnit.SECONDS);
      // After correlation id, tags and throttle time.
      return Errors.forCode(ByteBuffer.wrap(answer).getShort(9));
    }

    void hangUp() {
      try (client;
          server) {
        lines.remove(this);
      } catch (IOException e) {
        // It is gone either way.
      }
    }
  }

  private static byte[] frame(DataInputStream in) throws IOException {
    return in.readNBytes(size(in.readInt()));
  }

  private static int size(int claimed) throws IOException {
    if (claimed < 0) {
      throw new IOException("no frame of Kafka");
    }
    return claimed;
  }

  private static void send(DataOutputStream out, byte[] frame) throws IOException {
    var whole = ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame);
    out.write(whole.array());
  }

  @Override
  public void close() {
    try {
      entrance.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lines.forEach(Line::hangUp);
  }
}
