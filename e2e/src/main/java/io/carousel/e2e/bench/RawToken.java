package io.carousel.e2e.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.xipki.pkcs11.wrapper.AttributeVector;
import org.xipki.pkcs11.wrapper.Mechanism;
import org.xipki.pkcs11.wrapper.PKCS11Constants;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.PKCS11Module;
import org.xipki.pkcs11.wrapper.Session;
import org.xipki.pkcs11.wrapper.Slot;
import org.xipki.pkcs11.wrapper.Token;

/**
 * What a token can do at best: C_SignInit and C_Sign in a loop for each session, and nothing else.
 * A program of its own, because a PKCS#11 module reads its environment when its process starts;
 * prints signatures per second.
 *
 * <pre>
 * MODULE TOKEN-LABEL PIN-FILE KEY-ID SUITE SESSIONS MILLISECONDS
 * </pre>
 */
public final class RawToken {
  /** What the line with the rate begins with. */
  static final String RATE = "rate ";

  private static final int DIGEST = 32;

  /** As long as the to-be-signed part of one of our leaf certificates. */
  private static final int MESSAGE = 480;

  /** DigestInfo of SHA-256 up to the digest (RFC 8017, section 9.2, note 1). */
  private static final byte[] SHA_256_INFO =
      HexFormat.of().parseHex("3031300d060960864801650304020105000420");

  private final Token token;
  private final char[] pin;
  private final KeyId key;
  private final Suite suite;

  private RawToken(Token token, char[] pin, KeyId key, Suite suite) {
    this.token = token;
    this.pin = pin;
    this.key = key;
    this.suite = suite;
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    PKCS11Module module = PKCS11Module.getInstance(args[0]);
    module.initialize();
    char[] pin = Files.readString(Path.of(args[2]), UTF_8).strip().toCharArray();
    var raw = new RawToken(labelled(module, args[1]), pin, new KeyId(args[3]), Suite.of(args[4]));
    // The wrapper speaks on standard output as well.
    System.out.println(
        RATE
            + raw.perSecond(Integer.parseInt(args[5]), Duration.ofMillis(Long.parseLong(args[6]))));
    Runtime.getRuntime().halt(0);
  }

  private static Token labelled(PKCS11Module module, String label) throws PKCS11Exception {
    for (Slot slot : module.getSlotList(true)) {
      if (slot.getToken().getTokenInfo().getLabel().strip().equals(label)) {
        return slot.getToken();
      }
    }
    throw new IllegalStateException("there is no token " + label);
  }

  /** The first third of the time warms up and is not counted. */
  private double perSecond(int sessions, Duration time) throws Exception {
    Session first = token.openSession(false);
    first.login(PKCS11Constants.CKU_USER, pin);
    long begin = System.nanoTime() + time.toNanos() / 3;
    long end = begin + time.toNanos() * 2 / 3;
    List<Callable<Long>> loops = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      Session session = i == 0 ? first : token.openSession(false);
      loops.add(() -> signed(session, begin, end));
    }
    long signed = 0;
    try (var threads = Executors.newFixedThreadPool(sessions)) {
      for (Future<Long> loop : threads.invokeAll(loops)) {
        signed += loop.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the token does not sign", e);
    }
    return signed * 1e9 / (end - begin);
  }

  private long signed(Session session, long begin, long end) throws PKCS11Exception {
    long[] found = session.findAllObjectsSingle(AttributeVector.newPrivateKey().id(key.bytes()));
    if (found.length != 1) {
      throw new IllegalStateException("%d keys are called %s".formatted(found.length, key));
    }
    byte[] input = input();
    long mechanism = mechanism();
    long signed = 0;
    for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
      session.signSingle(new Mechanism(mechanism), found[0], input);
      if (now >= begin) {
        signed++;
      }
    }
    return signed;
  }

  private long mechanism() {
    return switch (suite.family()) {
      case RSA -> PKCS11Constants.CKM_RSA_PKCS;
      case EC -> PKCS11Constants.CKM_ECDSA;
      case ED25519 -> PKCS11Constants.CKM_EDDSA;
    };
  }

  private byte[] input() {
    return switch (suite.family()) {
      case RSA -> java.util.Arrays.copyOf(SHA_256_INFO, SHA_256_INFO.length + DIGEST);
      case EC -> new byte[DIGEST];
      case ED25519 -> new byte[MESSAGE];
    };
  }
}
