package io.carousel.signer.token;

import io.carousel.events.Bytes;
import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import io.carousel.signer.token.TokenRefused.Reason;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A token that keeps its keys in this process, and loses calls when told to. */
public final class InMemoryToken implements Token {
  private static final TokenInfo INFO =
      new TokenInfo("in-memory", "0", "Carousel's tests", "fake", "none");

  private final Map<KeyId, Held> held = new ConcurrentSkipListMap<>();
  private final AtomicReference<Fault> next = new AtomicReference<>(Fault.NONE);
  private final AtomicLong signatures = new AtomicLong();
  private volatile boolean closed;

  private record Held(TokenKey key, KeyPair pair) {}

  /** The next call that the token would serve is lost in that way; those after it are not. */
  public void loseNext(Fault fault) {
    next.set(fault);
  }

  private interface Call<T> {
    T run() throws TokenException;
  }

  private <T> T call(Call<T> call) throws TokenException {
    if (closed) {
      throw new TokenRefused(Reason.CLOSED, "token 'in-memory' is closed");
    }
    return switch (next.getAndSet(Fault.NONE)) {
      case NONE -> call.run();
      case LOST_BEFORE_EFFECT ->
          throw new TokenUnavailable("lost before effect", new IOException("fault of the test"));
      case LOST_AFTER_EFFECT -> {
        call.run();
        throw new TokenUnavailable("lost after effect", new IOException("fault of the test"));
      }
    };
  }

  @Override
  public TokenInfo info() {
    return INFO;
  }

  @Override
  public Set<Suite> suites() {
    return Set.of(Suite.values());
  }

  @Override
  public Optional<TokenKey> findByLabel(String label) throws TokenException {
    return call(() -> {
      List<TokenKey> all =
          held.values().stream().map(Held::key).filter(k -> k.label().equals(label)).toList();
      if (all.size() > 1) {
        throw new TokenRefused(Reason.ID_AMBIGUOUS, "several keys have the label " + label);
      }
      return all.stream().findFirst();
    });
  }

  @Override
  public Optional<TokenKey> find(KeyId id) throws TokenException {
    return call(() -> Optional.ofNullable(held.get(id)).map(Held::key));
  }

  @Override
  public Optional<TokenReport.Key> protection(KeyId id) throws TokenException {
    return call(
        () -> Optional.ofNullable(held.get(id)).map(h -> new TokenReport.Key(h.key(), Set.of())));
  }

  @Override
  public Inventory list() throws TokenException {
    return call(() -> new Inventory(held.values().stream().map(Held::key).toList(), List.of()));
  }

  @Override
  public TokenReport inspect() throws TokenException {
    return call(() ->
        new TokenReport(
            INFO,
            new TokenReport.Versions("none", "Carousel's tests", "none", "0.0", "0.0", "0.0"),
            Set.of(),
            List.of(),
            suites(),
            held.values().stream().map(h -> new TokenReport.Key(h.key(), Set.of())).toList(),
            List.of()));
  }

  @Override
  public TokenKey generate(KeyId id, String label, Suite suite) throws TokenException {
    return call(() -> {
      KeyPair pair = pair(suite);
      TokenKey key =
          new TokenKey(
              id,
              label,
              suite,
              Bytes.of(pair.getPublic().getEncoded()),
              EnumSet.allOf(Protection.class));
      if (held.putIfAbsent(id, new Held(key, pair)) != null) {
        throw new TokenRefused(Reason.ID_TAKEN, "the token already has key " + id);
      }
      return key;
    });
  }

  private static KeyPair pair(Suite suite) {
    try {
      return switch (suite.family()) {
        case RSA, EC -> sized(suite.family().name(), suite.bits());
        case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      };
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair sized(String algorithm, int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  @Override
  public byte[] sign(KeyId id, Suite suite, byte[] message) throws TokenException {
    return call(() -> {
      if (message.length == 0) {
        throw new TokenRefused(Reason.REQUEST_REJECTED, "there is nothing to sign");
      }
      Held key = held.get(id);
      if (key == null) {
        throw new TokenRefused(Reason.NO_SUCH_KEY, "the token has no key " + id);
      }
      if (key.key().suite() != suite) {
        throw new TokenRefused(Reason.SUITE_DIFFERS, "key %s is another".formatted(id));
      }
      signatures.incrementAndGet();
      return signature(key, suite, message);
    });
  }

  private static byte[] signature(Held key, Suite suite, byte[] message) {
    try {
      Signature signature = Signature.getInstance(suite.jcaSignature());
      signature.initSign(key.pair().getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public boolean destroy(KeyId id, Bytes publicKey) throws TokenException {
    return call(() -> {
      Held key = held.get(id);
      if (key == null) {
        return false;
      }
      if (!key.key().publicKey().equals(publicKey)) {
        throw new TokenRefused(Reason.PUBLIC_KEY_DIFFERS, "key %s is another".formatted(id));
      }
      return held.remove(id) != null;
    });
  }

  @Override
  public TokenCounters counters() {
    return new TokenCounters(signatures.get(), 1, 0, 0);
  }

  @Override
  public void close() {
    closed = true;
  }
}
