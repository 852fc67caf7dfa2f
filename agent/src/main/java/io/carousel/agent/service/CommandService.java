package io.carousel.agent.service;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * A service that is reloaded by one command and checked by another. Without either it reads its
 * files anew each time, as curl does, and needs nobody to tell it.
 */
public record CommandService(Optional<Command> reload, Optional<Command> check) implements Service {

  @Override
  public void takeUp(Expectation expected) throws ServiceFailure, InterruptedException {
    for (Command command : Stream.of(reload, check).flatMap(Optional::stream).toList()) {
      command.run(expected.environment());
    }
  }

  @Override
  public String describe() {
    String reloaded = reload.map("reload: %s"::formatted).orElse("no reload");
    return reloaded + check.map(", check: %s"::formatted).orElse(", no check");
  }
}
