package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityEvent.CaCertificateIssued;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.CaRequestIssued;
import io.carousel.events.AuthorityEvent.CaRequestWanted;
import io.carousel.events.AuthorityEvent.CrlIssued;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.CommandId;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.Serial;
import io.carousel.events.Suite;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.rules.RootCa;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Workers that answer every command about a key. One thread at a time. */
final class FakeWorkers {
  /** Any CA certificate: EC P-256, valid until February 2036. */
  private static final Bytes CERTIFICATE =
      Bytes.ofBase64(
          "MIIBRDCB7KADAgECAggEx4q8sgiiCjAKBggqhkjOPQQDAzAPMQ0wCwYDVQQDEwR1c2VyMB4XDTI2MDMw"
              + "MTAwMDAwMFoXDTM2MDIyNzAwMDAwMFowDzENMAsGA1UEAxMEdXNlcjBZMBMGByqGSM49AgEGCCqGSM49"
              + "AwEHA0IABFi63W25FqpJTfhDTKCQPLMETer26zyZZZPGpJqdkfI5EjAu+gBbzEwFPAnW8hE7jjEoFM2Z"
              + "FnpGqt22MVzyIHWjMjAwMB0GA1UdDgQWBBS40DVWAfBOfArB2hQ08CY3SJ8exjAPBgNVHRMBAf8EBTAD"
              + "AQH/MAoGCCqGSM49BAMDA0cAMEQCIDwSyJd+HmvBDxiVkFdiI16Ocm8ajPmn03j64qRIMaseAiBq99qI"
              + "5r6J08uHl+nWR/Y5ov6rwuofvdSHPSfTbB1V2Q==");

  private int made;

  /** The events of a key that is made, and signs its request to an external root. */
  List<Event> asks(AuthorityName authority, int generation, Key.Wanted key, Instant now) {
    made++;
    KeyId id = new KeyId("%08x".formatted(0xa1b2c300 + made));
    CommandId asked = CommandId.of(now, Digest.of(id.bytes()).bytes());
    KeyPair pair = RootCa.keyPair();
    String subject = "CN=%s G%d %s,O=Carousel".formatted(authority, generation, key.slot());
    return List.of(
        new KeyAdopted(
            authority,
            generation,
            key.slot(),
            key.format(),
            key.command(),
            id,
            Bytes.of(pair.getPublic().getEncoded()),
            new AuthorName("worker-" + key.slot()),
            now),
        new CaRequestWanted(authority, generation, key.slot(), asked, subject, now),
        new CaRequestIssued(
            authority,
            generation,
            key.slot(),
            asked,
            RootCa.request(pair, Suite.ECDSA_P256, subject),
            now));
  }

  /** The CRL that was asked of a key. */
  Event lists(AuthorityName authority, int generation, Key.CrlAsked asked, Key key, Instant now) {
    return new CrlIssued(
        authority,
        generation,
        key.slot(),
        asked.command(),
        asked.draft().number(),
        asked.draft().nextUpdate(),
        Bytes.of("a CRL".getBytes(UTF_8)),
        now);
  }

  /** The events of a key that is made, and certified where its format has certificates. */
  List<Event> answers(AuthorityName authority, int generation, Key.Wanted key, Instant now) {
    made++;
    KeyId id = new KeyId("%08x".formatted(0xa1b2c300 + made));
    CommandId certification = CommandId.of(now, Digest.of(id.bytes()).bytes());
    CommandId listing = CommandId.of(now, Digest.of(certification.value().getBytes(UTF_8)).bytes());
    var list = new CrlDraft(CrlNumber.FIRST, now, now.plus(Duration.ofDays(7)), List.of());
    var draft =
        new CaDraft(
            "CN=%s g%d %s".formatted(authority, generation, key.slot()),
            new Serial(Integer.toHexString(made)),
            now,
            now.plus(Duration.ofDays(3650)));
    var adopted =
        new KeyAdopted(
            authority,
            generation,
            key.slot(),
            key.format(),
            key.command(),
            id,
            Bytes.of(("public key " + made).getBytes(UTF_8)),
            new AuthorName("worker-" + key.slot()),
            now);
    if (key.format() != Format.X509) {
      return List.of(adopted);
    }
    return List.of(
        adopted,
        new CaCertificateRequested(authority, generation, key.slot(), certification, draft, now),
        new CaCertificateIssued(authority, generation, key.slot(), certification, CERTIFICATE, now),
        new CrlRequested(authority, generation, key.slot(), listing, list, now),
        new CrlIssued(
            authority,
            generation,
            key.slot(),
            listing,
            CrlNumber.FIRST,
            list.nextUpdate(),
            Bytes.of("a CRL".getBytes(UTF_8)),
            now));
  }
}
