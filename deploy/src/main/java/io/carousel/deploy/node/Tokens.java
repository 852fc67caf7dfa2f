package io.carousel.deploy.node;

import io.carousel.events.wire.Json;
import io.carousel.signer.Exit;
import io.carousel.signer.token.Inventory;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.token.pkcs11.Pkcs11Token;
import io.carousel.signer.token.pkcs11.TokenInitialisation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A small program of its own, because a PKCS#11 module reads its environment when its process
 * starts: makes the embedded tokens, and lists what is on them.
 *
 * <pre>
 * MODULE ensure SLOT-FOLDER…   makes a token for each slot folder that has none
 * MODULE list SLOT-FOLDER…     prints the keys on each, as JSON
 * </pre>
 */
public final class Tokens {
  private Tokens() {}

  /** What one token holds. */
  public record Listing(String slot, List<Entry> keys) {
    /** Copies. */
    public Listing {
      keys = List.copyOf(keys);
    }

    /** One object; of a whole key pair its suite, of anything else its kind. */
    public record Entry(String id, String label, String what) {}
  }

  /** What all tokens hold. */
  public record Listings(List<Listing> slots) {
    /** Copies. */
    public Listings {
      slots = List.copyOf(slots);
    }
  }

  /** Runs it; the exit code of a worker, or 1, and a line on standard error if it fails. */
  public static void main(String[] args) {
    try {
      run(Path.of(args[0]), args[1], List.of(args).subList(2, args.length), System.out);
    } catch (TokenException e) {
      System.err.println(e.getMessage());
      System.exit(Exit.of(e).code());
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static void run(Path module, String verb, List<String> folders, PrintStream out)
      throws TokenException, IOException {
    var listings = new ArrayList<Listing>();
    for (String name : folders) {
      Path folder = Path.of(name);
      String slot = folder.getFileName().toString();
      if (verb.equals("ensure")) {
        TokenInitialisation.ensure(
            module, slot, secret(folder.resolve("so-pin")), secret(folder.resolve("pin")));
      } else {
        listings.add(list(module, slot, folder));
      }
    }
    if (verb.equals("list")) {
      out.write(Json.PLAIN.write(new Listings(listings)));
      out.flush();
    }
  }

  private static Listing list(Path module, String slot, Path folder) throws TokenException {
    var config =
        new TokenConfig(module, slot, Optional.empty(), folder.resolve("pin"), 1, Optional.empty());
    try (Token token = Pkcs11Token.open(config)) {
      Inventory held = token.list();
      var entries = new ArrayList<Listing.Entry>();
      for (TokenKey key : held.keys()) {
        entries.add(new Listing.Entry(key.id().value(), key.label(), key.suite().wire()));
      }
      for (Inventory.Stray stray : held.strays()) {
        entries.add(new Listing.Entry(stray.id(), stray.label(), stray.kind()));
      }
      return new Listing(slot, entries);
    }
  }

  private static char[] secret(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8).strip().toCharArray();
  }
}
