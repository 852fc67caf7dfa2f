package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.wire.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Sends an answer, for as long as its reader keeps pace. */
final class Sending implements Answer.Events {
  /** So much at a time: beyond it more waits in memory for a slow reader than has to. */
  private static final int PIECE = 32 * 1024;

  private final Response response;
  private final EndPoint endPoint;
  private final Limits.Times times;

  Sending(Response response, EndPoint endPoint, Limits.Times times) {
    this.response = response;
    this.endPoint = endPoint;
    this.times = times;
  }

  /**
   * Sends it.
   *
   * @param last whether the connection ends after it, which its caller is told
   * @throws IOException if the caller is gone or too slow
   */
  void send(Answer answer, boolean last) throws IOException {
    response.setStatus(answer.status());
    answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    if (last) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    if (answer.body().isEmpty()) {
      write(true, new byte[0]);
      return;
    }
    switch (answer.body().get()) {
      case Answer.EventStream events -> follow(events);
      case byte[] ready -> typed(answer, ready);
      case Object document -> typed(answer, Json.PLAIN.write(document));
    }
  }

  private void typed(Answer answer, byte[] body) throws IOException {
    if (!answer.headers().containsKey("Content-Type")) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    }
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    write(true, body);
  }

  private void follow(Answer.EventStream events) throws IOException {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
    events.to(this);
    write(true, new byte[0]);
  }

  @Override
  public void quiet() throws IOException {
    write(false, ":\n\n".getBytes(UTF_8));
  }

  @Override
  public void event(long id, String name, byte[] line) throws IOException {
    byte[] head = "id:%d\nevent:%s\ndata:".formatted(id, name).getBytes(UTF_8);
    ByteBuffer all = ByteBuffer.allocate(head.length + line.length + 2);
    write(false, all.put(head).put(line).put((byte) '\n').put((byte) '\n').array());
  }

  private void write(boolean last, byte[] bytes) throws IOException {
    Duration paced = times.answer().plusSeconds(bytes.length / Limits.Times.SLOWEST);
    long end = System.nanoTime() + paced.toNanos();
    int from = 0;
    do {
      int length = Math.min(PIECE, bytes.length - from);
      ByteBuffer piece = ByteBuffer.wrap(bytes, from, length);
      from += length;
      write(last && from == bytes.length, piece, end);
    } while (from < bytes.length);
  }

  private void write(boolean last, ByteBuffer piece, long end) throws IOException {
    var written = new Callback.Completable();
    response.write(last, piece, written);
    try {
      written.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      var slow = new IOException("an answer was read too slowly", e);
      endPoint.close(slow);
      throw slow;
    } catch (ExecutionException e) {
      throw new IOException("an answer could not be written", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("the server stops").initCause(e);
    }
  }
}
