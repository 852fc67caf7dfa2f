package io.carousel.agent;

import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.Profile;
import io.carousel.events.Report;
import io.carousel.events.TrustBundle;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What the gate of a phase asks of one participant. */
final class FakeGate {
  private FakeGate() {}

  /** Whether it has reported that it is where the phase wants it. */
  static boolean holds(TrustBundle bundle, Membership membership, Optional<Report> reported) {
    return reported.filter(report -> isThere(bundle, membership, report)).isPresent();
  }

  private static boolean isThere(TrustBundle bundle, Membership membership, Report report) {
    if (report.bundle() != bundle.number() || !report.challenge().equals(bundle.challenge())) {
      return false;
    }
    Set<Digest> due = new HashSet<>(bundle.trusted().stream().map(ca -> ca.key()).toList());
    if (!Set.copyOf(report.trusts()).equals(due)) {
      return false;
    }
    return membership.profiles(Format.X509).stream()
        .allMatch(profile -> presentsDue(bundle, report, profile));
  }

  private static boolean presentsDue(TrustBundle bundle, Report report, Profile profile) {
    Set<Digest> keys =
        new HashSet<>(
            bundle.trusted().stream()
                .filter(ca -> ca.generation() == bundle.generationFor(profile))
                .map(TrustBundle.TrustedKey::key)
                .toList());
    return report.presents().stream()
        .filter(shown -> shown.format() == Format.X509 && shown.profile() == profile)
        .anyMatch(shown -> keys.contains(shown.issuerKey()));
  }
}
