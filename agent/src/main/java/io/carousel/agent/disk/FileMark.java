package io.carousel.agent.disk;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;

/**
 * What a file's content is known by.
 *
 * @param length in bytes: what is longer need not be read to be another
 */
public record FileMark(int length, Digest digest) {
  /** Of that content. */
  public static FileMark of(Bytes content) {
    return new FileMark(content.length(), content.digest());
  }
}
