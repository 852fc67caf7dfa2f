package io.carousel.signer;

import io.carousel.events.AuthorName;
import io.carousel.events.Bytes;
import io.carousel.events.SlotName;
import io.carousel.signer.token.TokenConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A worker's configuration as operators write it. */
record ConfigFile(
    SlotName slot,
    Path module,
    String label,
    Path pinFile,
    String servers,
    Bytes founder,
    AuthorName author,
    String within,
    String more) {

  static ConfigFile of(TestHouse house, SlotName slot, TokenConfig token, String author) {
    return new ConfigFile(
        slot,
        token.module(),
        token.tokenLabel(),
        token.pinFile(),
        house.broker.bootstrap(),
        house.founder.publicKey(),
        new AuthorName(author),
        "60s",
        "");
  }

  ConfigFile module(Path other) {
    return new ConfigFile(slot, other, label, pinFile, servers, founder, author, within, more);
  }

  ConfigFile label(String other) {
    return new ConfigFile(slot, module, other, pinFile, servers, founder, author, within, more);
  }

  ConfigFile pinFile(Path other) {
    return new ConfigFile(slot, module, label, other, servers, founder, author, within, more);
  }

  ConfigFile servers(String other) {
    return new ConfigFile(slot, module, label, pinFile, other, founder, author, within, more);
  }

  ConfigFile founder(Bytes other) {
    return new ConfigFile(slot, module, label, pinFile, servers, other, author, within, more);
  }

  ConfigFile within(String other) {
    return new ConfigFile(slot, module, label, pinFile, servers, founder, author, other, more);
  }

  ConfigFile with(String line) {
    return new ConfigFile(
        slot, module, label, pinFile, servers, founder, author, within, line + "\n");
  }

  Path authorKey(Path folder) {
    return folder.resolve(author + ".key");
  }

  /**
   * Written in that folder.
   *
   * @param ofToken more lines of the section 'token', as {@code sessions: 1}
   */
  Path write(Path folder, String... ofToken) {
    try {
      return Files.writeString(
          folder.resolve(author + ".yaml"),
          """
          slot: %s
          token:
            module: %s
            label: %s
            pinFile: %s
          %s
          kafka:
            bootstrapServers: %s
            startWithin: %s
          house:
            founder: %s
          author:
            name: %s
            keyFile: %s
          """
                  .formatted(
                      slot,
                      module,
                      label,
                      pinFile,
                      String.join("\n", ofToken).indent(2).stripTrailing(),
                      servers,
                      within,
                      founder.base64(),
                      author,
                      authorKey(folder))
              + more);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
