package io.carousel.signer.token;

import io.carousel.events.Bytes;
import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import java.util.Optional;
import java.util.Set;

/** Passes every call on; tests change what they want to go wrong. */
public class DelegatingToken implements Token {
  private final Token token;

  /** In front of that one. */
  public DelegatingToken(Token token) {
    this.token = token;
  }

  @Override
  public TokenKey generate(KeyId id, String label, Suite suite) throws TokenException {
    return token.generate(id, label, suite);
  }

  @Override
  public TokenInfo info() {
    return token.info();
  }

  @Override
  public Set<Suite> suites() {
    return token.suites();
  }

  @Override
  public Optional<TokenKey> findByLabel(String label) throws TokenException {
    return token.findByLabel(label);
  }

  @Override
  public Optional<TokenKey> find(KeyId id) throws TokenException {
    return token.find(id);
  }

  @Override
  public Optional<TokenReport.Key> protection(KeyId id) throws TokenException {
    return token.protection(id);
  }

  @Override
  public Inventory list() throws TokenException {
    return token.list();
  }

  @Override
  public TokenReport inspect() throws TokenException {
    return token.inspect();
  }

  @Override
  public byte[] sign(KeyId id, Suite suite, byte[] message) throws TokenException {
    return token.sign(id, suite, message);
  }

  @Override
  public boolean destroy(KeyId id, Bytes publicKey) throws TokenException {
    return token.destroy(id, publicKey);
  }

  @Override
  public TokenCounters counters() {
    return token.counters();
  }

  @Override
  public void close() {
    token.close();
  }
}
