package io.carousel.e2e.formats;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One certificate of each generation and profile, whenever it was issued, under each bundle,
 * whenever it was published, with every CRL that is published now: each judge must accept it if the
 * phase table trusts its generation in the bundle's phase, and refuse it if not.
 */
final class PhaseTable {
  private final Published published;
  private final Path folder;
  private final Map<Line, Held> issued = new LinkedHashMap<>();
  private final Map<Set<Integer>, TrustFolder> bundles = new LinkedHashMap<>();
  private final Map<Digest, TrustedKey> issuers = new LinkedHashMap<>();
  private int judged;

  private record Line(int generation, Profile profile) {}

  PhaseTable(Published published, Path folder) {
    this.published = published;
    this.folder = folder;
  }

  /**
   * Judges everything, now that the phase is that of a bundle.
   *
   * @param trusted generations, by the phase table
   */
  void judge(TrustBundle bundle, Set<Integer> trusted, List<Member> members) throws IOException {
    see(bundle, trusted, members);
    byte[] crls = crls();
    for (Map.Entry<Set<Integer>, TrustFolder> of : bundles.entrySet()) {
      TrustFolder.replace(of.getValue().crls(), crls);
      for (Held leaf : issued.values()) {
        judge(leaf, of.getKey(), of.getValue());
      }
    }
    // And as it is published for verifiers that follow, with the lists of what is trusted alone.
    TrustFolder current = bundles.get(trusted);
    TrustFolder.replace(current.crls(), published.get("crls.pem"));
    for (Held leaf : issued.values()) {
      judge(leaf, trusted, current);
    }
  }

  private void see(TrustBundle bundle, Set<Integer> trusted, List<Member> members)
      throws IOException {
    Set<Integer> said = new TreeSet<>();
    for (TrustedKey key : bundle.trusted(Format.X509)) {
      said.add(key.generation());
      issuers.put(key.key(), key);
    }
    assertThat(said).as("trusted in %s", bundle.phase()).isEqualTo(trusted);
    if (!bundles.containsKey(trusted)) {
      var at = new TrustFolder(Files.createDirectory(folder.resolve("bundle-" + bundles.size())));
      TrustFolder.replace(at.bundle(), published.get("bundle.pem"));
      bundles.put(trusted, at);
    }
    for (Member member : members) {
      for (Held held : member.all()) {
        if (held.use().format() == Format.X509) {
          issued.putIfAbsent(new Line(held.generation(), held.use().profile()), held);
        }
      }
    }
  }

  /** Of every generation there ever was: a retired key goes on signing its list. */
  private byte[] crls() {
    var all = new StringBuilder();
    for (TrustedKey ca : issuers.values()) {
      byte[] crl = published.get("crls/%d/%s".formatted(ca.generation(), ca.slot().orElseThrow()));
      all.append(Keys.pem("X509 CRL", Bytes.of(crl)));
    }
    return all.toString().getBytes(US_ASCII);
  }

  private void judge(Held leaf, Set<Integer> trusted, TrustFolder trust) {
    boolean good = trusted.contains(leaf.generation());
    for (CertificateJudge judge : CertificateJudge.values()) {
      Optional<String> refusal = judge.refusal(leaf, trust);
      assertThat(refusal.isEmpty())
          .as(
              "%s, a %s certificate of generation %d under a bundle of %s: %s",
              judge, leaf.use().profile(), leaf.generation(), trusted, refusal.orElse("accepted"))
          .isEqualTo(good);
      judged++;
    }
  }

  @Override
  public String toString() {
    return "%d judgements: certificates of %s under bundles of %s"
        .formatted(judged, issued.keySet(), bundles.keySet());
  }
}
