package io.carousel.deploy;

import io.carousel.signer.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Runs one signer worker; what its command line means is the worker's own. */
@Command(
    name = "worker",
    description = {
      "Run one signer worker beside an HSM: --config FILE. A node runs its workers itself."
    })
final class WorkerCommand implements Callable<Integer> {
  @Unmatched private List<String> arguments = new ArrayList<>();

  /** Does not return: the worker ends this process, with its own exit status. */
  @Override
  public Integer call() {
    Worker.main(arguments.toArray(String[]::new));
    throw new IllegalStateException("the worker has ended");
  }
}
