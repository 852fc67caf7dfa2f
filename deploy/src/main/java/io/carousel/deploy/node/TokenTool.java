package io.carousel.deploy.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.SlotName;
import io.carousel.events.wire.Json;
import io.carousel.signer.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs {@link Tokens} as a process of its own. */
record TokenTool(NodeFolder folder, Programs programs, Path module) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Makes a token for each slot that has none. */
  void ensure(List<SlotName> slots) throws NodeTrouble {
    try {
      folder.prepareTokens();
      for (SlotName slot : slots) {
        folder.prepare(slot);
      }
    } catch (IOException e) {
      throw new NodeTrouble("the tokens cannot be prepared: " + e, e);
    }
    List<SlotName> missing = slots.stream().filter(s -> !Files.exists(made(s))).toList();
    if (missing.isEmpty()) {
      return;
    }
    run("ensure", missing);
    try {
      for (SlotName slot : missing) {
        Files.writeString(made(slot), "");
      }
    } catch (IOException e) {
      throw new NodeTrouble("the tokens cannot be noted: " + e, e);
    }
  }

  /** There once the slot's token is: it saves a process at each later start. */
  private Path made(SlotName slot) {
    return folder.slot(slot).resolve("token-made");
  }

  /** What the tokens of those slots hold. */
  Tokens.Listings list(List<SlotName> slots) throws NodeTrouble {
    return Json.PLAIN.read(run("list", slots), Tokens.Listings.class);
  }

  /** In a thread of its own: a module that hangs prints nothing, and never ends. */
  private static CompletableFuture<byte[]> read(Process process) {
    var out = new CompletableFuture<byte[]>();
    Thread.ofPlatform()
        .daemon()
        .name("token-tool")
        .start(() -> {
          try {
            out.complete(process.getInputStream().readAllBytes());
          } catch (IOException e) {
            out.completeExceptionally(e);
          }
        });
    return out;
  }

  private byte[] run(String verb, List<SlotName> slots) throws NodeTrouble {
    var arguments = new ArrayList<>(List.of(verb));
    slots.forEach(s -> arguments.add(folder.slot(s).toString()));
    Path errors = folder.logs().resolve("tokens.log");
    Process process = null;
    try {
      process =
          programs
              .tokens(module, arguments)
              .redirectError(ProcessBuilder.Redirect.to(errors.toFile()))
              .start();
      CompletableFuture<byte[]> printed = read(process);
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new NodeTrouble(
            "the PKCS#11 module %s has not answered for %d s"
                .formatted(module, PATIENCE.toSeconds()));
      }
      byte[] out = printed.join();
      if (process.exitValue() != 0) {
        String why = "the tokens cannot be used: " + Files.readString(errors, UTF_8).strip();
        throw process.exitValue() == Exit.PIN.code() ? new PinTrouble(why) : new NodeTrouble(why);
      }
      Archive.of(Programs.TOKEN_TOOL).ifPresent(Archive::keep);
      return out;
    } catch (IOException e) {
      throw new NodeTrouble("the tokens cannot be used: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NodeTrouble("interrupted while the tokens were at work", e);
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }
}
