package io.carousel.signer.work;

import io.carousel.events.Bytes;
import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import io.carousel.signer.token.Fault;
import io.carousel.signer.token.InMemoryToken;
import io.carousel.signer.token.Inventory;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.TokenCounters;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenInfo;
import io.carousel.signer.token.TokenKey;
import java.util.Optional;
import java.util.Set;

/** Loses one call to generate, and passes all others on. */
record InMemoryTokenCalls(InMemoryToken token, Fault fault) implements Token {
  @Override
  public TokenKey generate(KeyId id, String label, Suite suite) throws TokenException {
    token.loseNext(fault);
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
  public Inventory list() throws TokenException {
    return token.list();
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
