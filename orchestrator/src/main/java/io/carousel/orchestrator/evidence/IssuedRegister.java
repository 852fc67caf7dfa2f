package io.carousel.orchestrator.evidence;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Serial;
import io.carousel.orchestrator.rules.Evidence.Issued;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Every credential that was issued and has not expired, with the key that it certifies. */
public final class IssuedRegister {
  private final Map<AuthorityName, Map<Serial, Entry>> entries = new ConcurrentHashMap<>();

  /**
   * One credential.
   *
   * @param publicKey SubjectPublicKeyInfo of the holder's key
   */
  record Entry(Issued issued, Bytes publicKey) {}

  /** Takes note of a result whose authorship was checked; a refusal issued nothing. */
  public void take(LeafResult result) {
    if (result instanceof LeafSigned signed) {
      entries
          .computeIfAbsent(signed.authority(), _ -> new ConcurrentHashMap<>())
          .computeIfAbsent(signed.serial(), _ -> entry(signed));
    }
  }

  /** What is unexpired of that authority, by serial number. */
  List<Issued> of(AuthorityName authority, Instant now) {
    Map<Serial, Entry> own = entries.getOrDefault(authority, Map.of());
    own.values().removeIf(e -> !e.issued().notAfter().isAfter(now));
    return new TreeMap<>(own).values().stream().map(Entry::issued).toList();
  }

  Optional<Entry> find(AuthorityName authority, Serial serial) {
    return Optional.ofNullable(entries.getOrDefault(authority, Map.of()).get(serial));
  }

  private static Entry entry(LeafSigned signed) {
    return new Entry(
        new Issued(
            signed.participant(),
            signed.profile(),
            signed.serial(),
            signed.issuerKey(),
            signed.generation(),
            signed.notAfter()),
        publicKey(signed.certificate()));
  }

  private static Bytes publicKey(Bytes certificate) {
    try {
      PublicKey key =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(certificate.toArray()))
              .getPublicKey();
      return Bytes.of(key.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("a worker recorded a certificate that is none", e);
    }
  }
}
