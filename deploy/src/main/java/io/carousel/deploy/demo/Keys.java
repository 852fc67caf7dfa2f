package io.carousel.deploy.demo;

import io.carousel.deploy.demo.Summary.Token;
import io.carousel.deploy.node.Tokens;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.KeyLine;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the log says of an authority's keys, beside what is on the tokens. */
record Keys(AuthorityDetails authority) {
  private static final Set<String> ENDED = Set.of("destroyed", "withdrawn");

  private Stream<KeyLine> all() {
    return Stream.concat(
        authority.generations().stream().flatMap(g -> g.keys().stream()),
        authority.surplus().stream());
  }

  /** Keys of retired generations, and surplus ones, that are not destroyed yet. */
  List<KeyLine> leftOver() {
    Stream<KeyLine> retired =
        authority.generations().stream()
            .filter(g -> g.number() != authority.bundle().clientGeneration())
            .flatMap(g -> g.keys().stream());
    return Stream.concat(retired, authority.surplus().stream())
        .filter(k -> !ENDED.contains(k.stage()))
        .toList();
  }

  /** Signatures by which keys proved themselves and certified themselves; CRLs left out. */
  long signatures() {
    return all().filter(k -> k.publicKey().isPresent()).count()
        + authority.generations().stream()
            .flatMap(g -> g.keys().stream())
            .filter(k -> k.publicKey().isPresent())
            .count();
  }

  /** The object lists of all tokens, compared with the log. */
  List<Token> compared(Tokens.Listings before, Tokens.Listings after) {
    return after.slots().stream()
        .map(listing -> {
          List<String> ids = ids(listing);
          return new Token(
              listing.slot(),
              before.slots().stream()
                  .filter(l -> l.slot().equals(listing.slot()))
                  .flatMap(l -> ids(l).stream())
                  .toList(),
              ids,
              ids.size() == listing.keys().size()
                  && new HashSet<>(ids).equals(recorded(new SlotName(listing.slot()))));
        })
        .toList();
  }

  private static List<String> ids(Tokens.Listing listing) {
    return listing.keys().stream().map(Tokens.Listing.Entry::id).sorted().toList();
  }

  private Set<String> recorded(SlotName slot) {
    return all()
        .filter(k -> k.slot().equals(slot) && !ENDED.contains(k.stage()))
        .flatMap(k -> k.key().stream())
        .map(id -> id.value())
        .collect(Collectors.toSet());
  }
}
