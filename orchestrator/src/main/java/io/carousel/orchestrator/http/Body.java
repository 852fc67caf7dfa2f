package io.carousel.orchestrator.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The body of one call, as it is read: no longer, and in no more time, than anybody may take. */
final class Body {
  private static final Logger LOG = LoggerFactory.getLogger(Body.class);
  private static final int PIECE = 4 * 1024;

  /** So long the rest of a body that nobody reads may take to come. */
  private static final Duration REST = Duration.ofSeconds(1);

  private final Request request;
  private final Places.Taken memory;
  private final Limits.Times times;

  /**
   * One that is not read yet.
   *
   * @param memory what is held of it is taken from there, for as long as the call is answered
   */
  Body(Request request, Places.Taken memory, Limits.Times times) {
    this.request = request;
    this.memory = memory;
    this.times = times;
  }

  private static boolean isThere(Request request) {
    return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
  }

  /**
   * All of it.
   *
   * @param most so many bytes
   * @throws BadCall if there is none, or it is longer, or does not come in its time
   */
  byte[] read(int most) {
    if (!isThere(request)) {
      throw new BadCall(400, "unreadable-body", "a JSON body is expected, and there is none");
    }
    try (InputStream in = Content.Source.asInputStream(request)) {
      return read(in, most);
    } catch (IOException | RuntimeException e) {
      throw e instanceof BadCall known ? known : said(e);
    }
  }

  private byte[] read(InputStream in, int most) throws IOException {
    long end = System.nanoTime() + times.body().toNanos();
    var kept = new ByteArrayOutputStream();
    byte[] piece = new byte[PIECE];
    long all = 0;
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      all += n;
      if (System.nanoTime() - end > 0) {
        throw tooSlow();
      }
      if (all <= most) {
        memory.more(n);
        kept.write(piece, 0, n);
      } else if (all > Call.PASSED_OVER) {
        throw tooLarge(most);
      }
      // Beyond it is passed over: closed with bytes unread, the connection would be reset, and the
      // answer lost with it.
    }
    if (all > most) {
      throw tooLarge(most);
    }
    return kept.toByteArray();
  }

  /**
   * Whether what nobody has read of it is out of the way of the next request: it is passed over as
   * it comes, if all of it comes soon. Nobody who waits to be asked for it is asked.
   */
  static boolean isPassedOver(Request request, Limits.Times times) {
    if (!isThere(request)) {
      return true;
    }
    if (request.getHeaders().contains(HttpHeader.EXPECT)) {
      return isAtItsEnd(request);
    }
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    endPoint.setIdleTimeout(Math.min(REST.toMillis(), times.stall().toMillis()));
    try (InputStream in = Content.Source.asInputStream(request)) {
      return isSoonAtItsEnd(in);
    } catch (IOException | RuntimeException e) {
      LOG.debug("a body that nobody reads does not come", e);
      return false;
    } finally {
      endPoint.setIdleTimeout(times.stall().toMillis());
    }
  }

  private static boolean isAtItsEnd(Request request) {
    Content.Chunk chunk = request.read();
    if (chunk == null) {
      return false;
    }
    boolean end = chunk.isLast() && !Content.Chunk.isFailure(chunk);
    chunk.release();
    return end;
  }

  private static boolean isSoonAtItsEnd(InputStream in) throws IOException {
    long end = System.nanoTime() + REST.toNanos();
    byte[] piece = new byte[PIECE];
    long all = 0;
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      all += n;
      if (all > Call.PASSED_OVER || System.nanoTime() - end > 0) {
        return false;
      }
    }
    return true;
  }

  private static BadCall said(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof TimeoutException) {
        return tooSlow();
      }
    }
    return e instanceof IOException
            || e instanceof UncheckedIOException
            || e instanceof HttpException
        ? new BadCall(400, "unreadable-body", "the body broke off")
        : new BadCall(400, "unreadable-body", "the body cannot be read");
  }

  private static BadCall tooSlow() {
    return new BadCall(408, "too-slow", "the body did not come in its time; send it again");
  }

  private static BadCall tooLarge(int most) {
    return new BadCall(413, "too-large", "the body is longer than %d bytes".formatted(most));
  }
}
