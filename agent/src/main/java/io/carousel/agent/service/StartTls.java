package io.carousel.agent.service;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;

/** What is said before TLS begins. */
public enum StartTls {
  /** Nothing. */
  NONE {
    @Override
    void ask(Socket socket) {}
  },

  /** PostgreSQL's SSLRequest (Frontend/Backend Protocol, message formats). */
  POSTGRESQL {
    @Override
    void ask(Socket socket) throws IOException {
      socket.getOutputStream().write(ByteBuffer.allocate(8).putInt(8).putInt(SSL_REQUEST).array());
      int answer = socket.getInputStream().read();
      if (answer < 0) {
        throw new EOFException("it closed the connection instead of an answer to SSLRequest");
      }
      if (answer != 'S') {
        throw new IOException("it speaks no TLS; set 'ssl' to on");
      }
    }
  };

  private static final int SSL_REQUEST = 80_877_103;

  abstract void ask(Socket socket) throws IOException;
}
