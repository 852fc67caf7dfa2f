package io.carousel.signer.work;

import io.carousel.events.Attempt;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.SigningCommand;
import io.carousel.events.WorkerAct.KeyCommandRefused;
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
import io.carousel.signer.work.Disposition.Settled;
import io.carousel.signer.work.Disposition.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a batch of records from the gate to their answers. One thread at a time; the commands of a
 * batch are carried out side by side, each on its way as soon as the gate let it through. Desks
 * that share a crew keep the token busy: while one waits for records or writes answers, the other
 * signs.
 *
 * @param <C> what is asked
 * @param <A> what is answered
 */
public final class Desk<C extends SigningCommand, A> {
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

  private final Gate gate;
  private final Work<C, A> work;
  private final BiFunction<A, Message, Message> answers;
  private final Crew crew;
  private final Tally tally;
  private final Rejections rejections;
  // While the token is away, the first command of a batch finds out for all of them.
  private volatile Exception away;

  /**
   * Who does the work.
   *
   * @param atToken as many threads as the token has sessions; they do nothing else
   * @param beside does what needs no session
   */
  public record Crew(Executor atToken, Executor beside) {
    /** One thread after another, the caller's: to find out whether the token is back. */
    private static final Crew ALONE = new Crew(Runnable::run, Runnable::run);
  }

  /**
   * A desk.
   *
   * @param answers how an answer to what that record asks looks as a record
   */
  public Desk(
      Gate gate, Work<C, A> work, BiFunction<A, Message, Message> answers, Crew crew, Tally tally) {
    this.gate = gate;
    this.work = work;
    this.answers = answers;
    this.crew = crew;
    this.tally = tally;
    this.rejections = new Rejections(work.family().getSimpleName());
  }

  /**
   * What is to become of each record, in their order.
   *
   * @param records each says what stands in it when it is asked, or throws {@link ForgedRecord} if
   *     it is of no form that anybody signs
   * @param attempts where it is written what may be signed, before any of it is
   * @throws TokenUnusable if an operator must act before anything can be signed
   */
  public List<Disposition> handle(List<Supplier<Message>> records, Attempts attempts)
      throws TokenUnusable, InterruptedException {
    Crew now = away == null ? crew : Crew.ALONE;
    boolean doubtful = away != null;
    away = null;
    List<Message> open = new ArrayList<>(records.size());
    List<Supplier<Message>> opened = records.stream().map(r -> opened(r, open::add)).toList();
    gate.nextBatch(open);
    List<Future<Disposition>> begun = new ArrayList<>(records.size());
    List<Errand> errands = new ArrayList<>(records.size());
    for (Supplier<Message> record : opened) {
      begun.add(begin(record, now, errands::add));
    }
    try {
      sign(errands, doubtful, attempts);
      return all(begun);
    } catch (InterruptedException e) {
      away = e; // nothing that still waits for a session is signed for nobody
      throw e;
    }
  }

  /** Nothing has come: says what was rejected and is not said yet. */
  public void rest() {
    rejections.say();
  }

  /** Says the same, once it has been asked. */
  private static Supplier<Message> opened(Supplier<Message> record, Consumer<Message> each) {
    try {
      Message message = record.get();
      each.accept(message);
      return () -> message;
    } catch (RuntimeException e) {
      return () -> {
        throw e;
      };
    }
  }

  /** Once all are prepared and what may be signed is written down, the token gets its part. */
  private void sign(List<Errand> errands, boolean doubtful, Attempts attempts)
      throws TokenUnusable, InterruptedException {
    List<Errand> ready = new ArrayList<>(errands.size());
    for (Errand errand : errands) {
      if (errand.isReady()) {
        ready.add(errand);
      }
    }
    List<Attempt.Item> items = ready.stream().flatMap(Errand::item).toList();
    if (doubtful && !items.isEmpty()) {
      probe();
    }
    String attempt = items.isEmpty() || away != null ? "" : attempts.begin(items);
    for (Errand errand : ready) {
      errand.toToken(attempt);
    }
  }

  /** Nothing is begun while the token is away, or each look would leave a record. */
  private void probe() throws TokenUnusable {
    try {
      work.probe();
    } catch (TokenUnusable e) {
      throw e;
    } catch (TokenException e) {
      away = e;
    }
  }

  private Future<Disposition> begin(Supplier<Message> record, Crew by, Consumer<Errand> underway) {
    try {
      Message asked = record.get();
      var errand = new Errand(gate.admit(asked, work.family()), asked, by);
      by.beside().execute(errand::prepare);
      underway.accept(errand);
      return errand.done;
    } catch (Refused e) {
      return CompletableFuture.completedFuture(rejected(e));
    } catch (ForgedRecord e) {
      return CompletableFuture.completedFuture(
          rejected(new Refused(Refusal.FORGED, e.getMessage(), e)));
    } catch (LogUnreachable e) {
      return CompletableFuture.completedFuture(new Waiting(e));
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(failed(e));
    }
  }

  private static List<Disposition> all(List<Future<Disposition>> begun)
      throws TokenUnusable, InterruptedException {
    List<Disposition> done = new ArrayList<>(begun.size());
    for (Future<Disposition> one : begun) {
      try {
        done.add(one.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof TokenUnusable unusable) {
          throw unusable;
        }
        throw new IllegalStateException("an errand ends in no other way", e);
      }
    }
    return done;
  }

  private Rejected rejected(Refused why) {
    tally.countRejected();
    rejections.add(why.getMessage());
    return new Rejected(why);
  }

  private Disposition failed(RuntimeException e) {
    tally.countFailed();
    LOG.error("this program failed on a command, and gives it back; please report this", e);
    return new Failed(e);
  }

  /** One command on its way: beside the token, at it, and beside it again. */
  private final class Errand {
    private final C command;
    private final Message asked;
    private final Crew by;
    private final CompletableFuture<Disposition> done = new CompletableFuture<>();
    // Empty if there is nothing more to do for it.
    private final CompletableFuture<Optional<Work.Prepared<A>>> prepared =
        new CompletableFuture<>();
    private volatile String attempt = "";

    Errand(C command, Message asked, Crew by) {
      this.command = command;
      this.asked = asked;
      this.by = by;
    }

    void prepare() {
      unlessAway(() -> prepared.complete(Optional.of(work.prepare(command, asked.author()))));
      prepared.complete(Optional.empty());
    }

    boolean isReady() throws InterruptedException {
      try {
        return prepared.get().isPresent();
      } catch (ExecutionException e) {
        throw new IllegalStateException("preparing ends in no other way", e);
      }
    }

    Stream<Attempt.Item> item() {
      int signatures = prepared.join().orElseThrow().signatures();
      return signatures == 0
          ? Stream.empty()
          : Stream.of(new Attempt.Item(command.command(), signatures));
    }

    void toToken(String begun) {
      Work.Prepared<A> work = prepared.join().orElseThrow();
      attempt = work.signatures() == 0 ? "" : begun;
      by.atToken().execute(() -> unlessAway(() -> sign(work)));
    }

    private void sign(Work.Prepared<A> prepared) throws TokenException {
      Work.Signed<A> signed = prepared.atToken();
      by.beside().execute(() -> step(() -> answer(signed)));
    }

    private void answer(Work.Signed<A> signed) {
      Optional<A> said = signed.answer();
      if (said.isEmpty()) {
        done.complete(new Settled());
        return;
      }
      A answer = said.get();
      Message draft = answers.apply(answer, asked);
      if (!attempt.isEmpty()) {
        draft = draft.with(Message.ATTEMPT, attempt);
      }
      tally.countAnswered();
      if (answer instanceof LeafRefused || answer instanceof KeyCommandRefused) {
        tally.countRefused();
      }
      done.complete(new Answered(draft));
    }

    private void unlessAway(Step step) {
      Exception why = away;
      if (why == null) {
        step(step);
      } else {
        done.complete(new Waiting(why));
      }
    }

    private void step(Step step) {
      try {
        step.take();
      } catch (TokenUnusable e) {
        done.completeExceptionally(e);
      } catch (TokenException e) {
        away = e;
        done.complete(new Waiting(e));
      } catch (LogUnreachable e) {
        done.complete(new Waiting(e));
      } catch (RuntimeException e) {
        done.complete(failed(e));
      }
    }
  }

  @FunctionalInterface
  private interface Step {
    void take() throws TokenException, LogUnreachable;
  }
}
