package io.carousel.signer.work;

import io.carousel.events.SigningCommand;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.Message;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.trust.Gate;
import io.carousel.signer.trust.LogUnreachable;
import io.carousel.signer.work.Disposition.Answered;
import io.carousel.signer.work.Disposition.Failed;
import io.carousel.signer.work.Disposition.Rejected;
import io.carousel.signer.work.Disposition.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a batch of records from the gate to their answers. One thread at a time; the commands of a
 * batch are carried out side by side.
 *
 * @param <C> what is asked
 * @param <A> what is answered
 */
public final class Desk<C extends SigningCommand, A> {
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

  private final Gate gate;
  private final Work<C, A> work;
  private final Function<A, Message> answers;
  private final ExecutorService hands;
  private final Tally tally;
  // While the token is away, the first command of a batch finds out for all of them.
  private volatile Exception away;

  /**
   * A desk.
   *
   * @param answers how an answer looks as a record
   * @param hands as many threads as the token has sessions
   */
  public Desk(
      Gate gate,
      Work<C, A> work,
      Function<A, Message> answers,
      ExecutorService hands,
      Tally tally) {
    this.gate = gate;
    this.work = work;
    this.answers = answers;
    this.hands = hands;
    this.tally = tally;
  }

  /**
   * What is to become of each record, in their order.
   *
   * @param records each says what stands in it when it is asked, or throws {@link ForgedRecord} if
   *     it is of no form that anybody signs
   * @throws TokenUnusable if an operator must act before anything can be signed
   */
  public List<Disposition> handle(List<Supplier<Message>> records)
      throws TokenUnusable, InterruptedException {
    boolean wasAway = away != null;
    away = null;
    List<Callable<Disposition>> steps = new ArrayList<>(records.size());
    for (Supplier<Message> record : records) {
      steps.add(admitted(record));
    }
    return wasAway ? oneAfterAnother(steps) : sideBySide(steps);
  }

  private Callable<Disposition> admitted(Supplier<Message> record) {
    try {
      C command = gate.admit(record.get(), work.family());
      return () -> carryOut(command);
    } catch (Refused e) {
      return rejected(e);
    } catch (ForgedRecord e) {
      return rejected(new Refused(Refusal.FORGED, e.getMessage(), e));
    } catch (LogUnreachable e) {
      return () -> new Waiting(e);
    } catch (RuntimeException e) {
      return () -> failed(e);
    }
  }

  private Callable<Disposition> rejected(Refused why) {
    tally.countRejected();
    LOG.warn("rejected what came as a {}: {}", work.family().getSimpleName(), why.getMessage());
    return () -> new Rejected(why);
  }

  private Disposition carryOut(C command) throws TokenUnusable {
    if (away != null) {
      return new Waiting(away);
    }
    try {
      A answer = work.carryOut(command);
      tally.countAnswered();
      return new Answered(answers.apply(answer));
    } catch (TokenUnusable e) {
      throw e;
    } catch (TokenException e) {
      away = e;
      return new Waiting(e);
    } catch (LogUnreachable e) {
      return new Waiting(e);
    } catch (RuntimeException e) {
      return failed(e);
    }
  }

  private Disposition failed(RuntimeException e) {
    tally.countFailed();
    LOG.error("this program failed on a command, and gives it back; please report this", e);
    return new Failed(e);
  }

  private static List<Disposition> oneAfterAnother(List<Callable<Disposition>> steps)
      throws TokenUnusable {
    List<Disposition> done = new ArrayList<>(steps.size());
    for (Callable<Disposition> step : steps) {
      try {
        done.add(step.call());
      } catch (TokenUnusable e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("no step throws anything else", e);
      }
    }
    return done;
  }

  private List<Disposition> sideBySide(List<Callable<Disposition>> steps)
      throws TokenUnusable, InterruptedException {
    List<Disposition> done = new ArrayList<>(steps.size());
    for (Future<Disposition> step : hands.invokeAll(steps)) {
      try {
        done.add(step.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof TokenUnusable unusable) {
          throw unusable;
        }
        throw new IllegalStateException("no step throws anything else", e);
      }
    }
    return done;
  }
}
