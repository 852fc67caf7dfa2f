package io.carousel.events.openssh;

import io.carousel.events.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Writes the data types of SSH (RFC 4251, section 5), one after the other. */
final class SshOutput {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  SshOutput octet(int value) {
    out.write(value);
    return this;
  }

  SshOutput uint32(int value) {
    for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      out.write(value >>> shift);
    }
    return this;
  }

  SshOutput uint64(long value) {
    return uint32((int) (value >>> Integer.SIZE)).uint32((int) value);
  }

  SshOutput string(byte[] value) {
    uint32(value.length);
    return raw(value);
  }

  SshOutput string(SshOutput value) {
    return string(value.out.toByteArray());
  }

  SshOutput string(Bytes value) {
    return string(value.toArray());
  }

  /** Every text that these formats hold here is ASCII. */
  SshOutput string(String value) {
    return string(value.getBytes(StandardCharsets.US_ASCII));
  }

  /** Of a number that is not negative. */
  SshOutput mpint(BigInteger value) {
    return string(value.signum() == 0 ? new byte[0] : value.toByteArray());
  }

  SshOutput raw(byte[] value) {
    out.writeBytes(value);
    return this;
  }

  Bytes bytes() {
    return Bytes.of(out.toByteArray());
  }
}
