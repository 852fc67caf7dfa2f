package io.carousel.signer.work;

import io.carousel.events.CommandId;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What was answered lately. Under load an orchestrator asks again before it has decided the answer;
 * the same answer is given again then, and nothing is signed twice. After a minute the work is done
 * anew: perhaps the answer was not taken. Thread-safe.
 */
final class Given {
  private static final Duration LATELY = Duration.ofMinutes(1);
  private static final int MOST = 100;

  private final SequencedMap<CommandId, Answer> answers = new LinkedHashMap<>(); // guarded by this

  private record Answer(KeyCommand asked, WorkerAct act, Instant at) {}

  /** The answer to exactly that command. */
  synchronized Optional<WorkerAct> of(KeyCommand command, Instant now) {
    return Optional.ofNullable(answers.get(command.command()))
        .filter(a -> a.asked().equals(command))
        .filter(a -> Duration.between(a.at(), now).abs().compareTo(LATELY) < 0)
        .map(Answer::act);
  }

  /** Takes note of an answer; what could not be done is tried again. */
  synchronized void note(KeyCommand command, WorkerAct act, Instant now) {
    if (act instanceof KeyCommandRefused) {
      return;
    }
    answers.remove(command.command());
    answers.put(command.command(), new Answer(command, act, now));
    if (answers.size() > MOST) {
      answers.pollFirstEntry();
    }
  }
}
