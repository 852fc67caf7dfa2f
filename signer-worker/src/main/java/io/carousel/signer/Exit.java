package io.carousel.signer;

import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.signer.config.BadConfiguration;
import io.carousel.signer.kafka.NotReady;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenRefused;
import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.trust.LogUnreachable;

/**
 * How a worker ends, by the conventions of {@code sysexits.h}. Service managers are to start a
 * worker again after 69, 70 and 75, and not after the others: they need a person.
 */
public enum Exit {
  /** Ended as asked. */
  DONE(0),
  /** The command line was wrong. */
  USAGE(64),
  /** The history in the log cannot be; a person must look. */
  IMPOSSIBLE_HISTORY(65),
  /** Kafka, a topic or the log's first record is not there. */
  KAFKA_MISSING(69),
  /** A fault of this program. */
  FAULT(70),
  /** The token cannot be reached now. */
  TOKEN_UNAVAILABLE(75),
  /** The token refuses the PIN, or few tries are left. Starting again may lock the token. */
  PIN(77),
  /** Configuration, module, token, PIN file, enrolment or group settings need a person. */
  CONFIGURATION(78);

  private final int code;

  Exit(int code) {
    this.code = code;
  }

  /** The status that the process ends with. */
  public int code() {
    return code;
  }

  /** How a process ends because of that. */
  public static Exit of(Throwable failure) {
    return switch (failure) {
      case BadCommandLine _ -> USAGE;
      case BadConfiguration _, NotEnrolled _ -> CONFIGURATION;
      case ImpossibleHistory _ -> IMPOSSIBLE_HISTORY;
      case LogUnreachable _ -> KAFKA_MISSING;
      case NotReady e ->
          switch (e.fault()) {
            case BROKER_MISSING, TOPIC_MISSING, LOG_EMPTY, CUT_OFF -> KAFKA_MISSING;
            case GROUP_MISCONFIGURED -> CONFIGURATION;
          };
      case TokenException e -> of(e);
      default -> FAULT;
    };
  }

  private static Exit of(TokenException failure) {
    return switch (failure) {
      case TokenUnavailable _ -> TOKEN_UNAVAILABLE;
      case TokenRefused _ -> FAULT;
      case TokenUnusable e ->
          switch (e.fault()) {
            case PIN_WRONG, PIN_MARKED_WRONG, PIN_TRIES_LOW, PIN_LOCKED, PIN_NOT_SET -> PIN;
            case MODULE_MISSING,
                MODULE_WORLD_WRITABLE,
                MODULE_BROKEN,
                TOKEN_MISSING,
                TOKEN_AMBIGUOUS,
                TOKEN_WRITE_PROTECTED,
                PIN_FILE_MISSING,
                PIN_FILE_EXPOSED,
                PIN_FILE_EMPTY ->
                CONFIGURATION;
          };
    };
  }
}
