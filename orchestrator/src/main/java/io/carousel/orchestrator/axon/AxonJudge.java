package io.carousel.orchestrator.axon;

import io.carousel.events.Act;
import io.carousel.events.Event;
import io.carousel.events.seal.Recorded;
import io.carousel.orchestrator.log.Asked;
import io.carousel.orchestrator.log.ControlLog;
import io.carousel.orchestrator.log.Draft;
import io.carousel.orchestrator.log.Judge;
import io.carousel.orchestrator.log.Outgoing;
import io.carousel.orchestrator.log.Verdict;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.conversion.Converter;
import org.axonframework.conversion.PassThroughConverter;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.messaging.commandhandling.CommandBus;
import org.axonframework.messaging.commandhandling.CommandMessage;
import org.axonframework.messaging.commandhandling.CommandResultMessage;
import org.axonframework.messaging.commandhandling.GenericCommandMessage;
import org.axonframework.messaging.commandhandling.configuration.CommandHandlingModule;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.core.correlation.CorrelationDataProviderRegistry;
import org.axonframework.messaging.core.correlation.DefaultCorrelationDataProviderRegistry;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventhandling.SimpleEventHandlingComponent;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.store.TokenStore;
import org.axonframework.messaging.eventhandling.processing.streaming.token.store.inmemory.InMemoryTokenStore;
import org.axonframework.messaging.eventstreaming.Tag;
import org.axonframework.modelling.StateManager;
import org.axonframework.modelling.configuration.StateBasedEntityModule;

/**
 * Decides each act as an Axon command: in the owner's thread, by a handler that loads the state as
 * an entity, and appends events. A unit of work is committed when the log's transaction is, so that
 * Axon never holds for true what an abort throws away. What is committed flows to projections.
 *
 * @param <S> the state
 */
public final class AxonJudge<S> implements Judge<S>, AutoCloseable {
  private static final String ENTITY = "house";

  private final Judge<S> rules;
  private final Class<S> type;
  private final EventSourcingConfigurer configurer = EventSourcingConfigurer.create();
  private final CountDownLatch started = new CountDownLatch(1);
  private volatile AxonConfiguration axon;
  private volatile CommandBus commands;

  /**
   * Sets Axon up; it runs once {@link #start} is called.
   *
   * @param rules decide and evolve
   * @param type of the state
   * @param tags the labels of an event, as {@code key=value}
   */
  public AxonJudge(Judge<S> rules, Class<S> type, Function<Event, Set<Tag>> tags) {
    this.rules = rules;
    this.type = type;
    configurer
        .registerTagResolver(c -> message -> tags.apply((Event) message.payload()))
        .registerEntity(
            StateBasedEntityModule.declarative(String.class, type)
                .repository(c -> new StagedRepository<>(type))
                .build())
        .registerCommandHandlingModule(
            CommandHandlingModule.named("acts").commandHandlers(this::handleEveryAct))
        .componentRegistry(r ->
            r.registerComponent(Converter.class, c -> PassThroughConverter.INSTANCE)
                // What caused an event is said by its record, and need not be said twice.
                .registerComponent(
                    CorrelationDataProviderRegistry.class,
                    c -> new DefaultCorrelationDataProviderRegistry())
                .registerComponent(TokenStore.class, c -> new InMemoryTokenStore()));
  }

  /** Sets Axon up with events labelled by authority, participant, token, slot or author. */
  public AxonJudge(Judge<S> rules, Class<S> type) {
    this(rules, type, Labels::of);
  }

  private void handleEveryAct(CommandHandlingModule.CommandHandlerPhase handlers) {
    members(Act.class)
        .forEach(act ->
            handlers.commandHandler(HouseTranslation.type(act).qualifiedName(), this::handle));
  }

  /** The records of a sealed family. */
  private static Stream<Class<?>> members(Class<?> family) {
    return family.isSealed()
        ? Arrays.stream(family.getPermittedSubclasses()).flatMap(AxonJudge::members)
        : Stream.of(family);
  }

  private MessageStream.Single<CommandResultMessage> handle(
      CommandMessage command, ProcessingContext context) {
    var judging = (Judging<?>) command.payload();
    context.putResource(Judging.KEY, judging);
    return MessageStream.fromFuture(
        context
            .component(StateManager.class)
            .loadEntity(type, ENTITY, context)
            .thenAccept(state -> decide(judging, state, context))
            .thenApply(done -> null));
  }

  private void decide(Judging<?> judging, S state, ProcessingContext context) {
    Verdict verdict = rules.judge(state, judging.asked(), judging.now());
    EventAppender.forContext(context)
        .append(verdict.events().stream().map(AxonJudge::message).toList());
    judging.outgoing(verdict.outgoing());
  }

  private static EventMessage message(Draft draft) {
    return new GenericEventMessage(
        draft.id(),
        HouseTranslation.type(draft.event().getClass()),
        draft.event(),
        Map.of(),
        draft.event().at());
  }

  /**
   * Lets a projection follow from the first event on. Before {@link #start}.
   *
   * @param name of its processor
   */
  public AxonJudge<S> project(String name, Projection projection) {
    Set<QualifiedName> all =
        members(Event.class)
            .map(e -> HouseTranslation.type(e).qualifiedName())
            .collect(Collectors.toSet());
    configurer.messaging(m ->
        m.eventProcessing(p ->
            p.pooledStreaming(ps ->
                ps.processor(
                    name,
                    one ->
                        one.eventHandlingComponents(
                                h -> h.declarative(c -> component(all, projection)))
                            .customized((c, custom) ->
                                custom
                                    .initialSegmentCount(1)
                                    .initialToken(source -> source.firstToken(null)))))));
    return this;
  }

  private static SimpleEventHandlingComponent component(
      Set<QualifiedName> names, Projection projection) {
    return new SimpleEventHandlingComponent()
        .subscribe(
            names,
            (event, context) -> {
              long sequence =
                  TrackingToken.fromContext(context).map(t -> t.position().orElse(0)).orElse(0L);
              projection.on(sequence, (Event) event.payload());
              return MessageStream.empty();
            });
  }

  /** Starts on a log whose judge this is. Acts that come before wait. */
  public void start(ControlLog<S> log) {
    var engine = new LogStorageEngine(log.chronicle(), log::propose, new HouseTranslation(), 0);
    configurer.registerEventStorageEngine(c -> engine);
    axon = configurer.build();
    axon.start();
    commands = axon.getComponent(CommandBus.class);
    started.countDown();
  }

  @Override
  public S initial() {
    return rules.initial();
  }

  @Override
  public S evolve(S state, Recorded event) {
    return rules.evolve(state, event);
  }

  @Override
  public Verdict judge(S staged, Asked asked, Instant now) {
    awaitStart();
    var judging = new Judging<>(staged, asked, now);
    var command = new GenericCommandMessage(HouseTranslation.type(asked.act().getClass()), judging);
    CompletableFuture<CommandResultMessage> result = commands.dispatch(command, null);
    if (result.isCompletedExceptionally()) {
      throw fault(result.exceptionNow());
    }
    if (!result.isDone() && !judging.isStaged()) {
      throw new IllegalStateException("acts are decided in the owner's thread, without waiting");
    }
    return judging.verdict();
  }

  private static RuntimeException fault(Throwable e) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    return cause instanceof RuntimeException fault ? fault : new IllegalStateException(cause);
  }

  @Override
  public void prepare(Set<String> types) {
    rules.prepare(types);
  }

  private void awaitStart() {
    try {
      started.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped before it began", e);
    }
  }

  @Override
  public List<Outgoing> pending(S state) {
    return rules.pending(state);
  }

  @Override
  public Optional<Instant> nextDue(S state) {
    return rules.nextDue(state);
  }

  /** Stops the projections. */
  @Override
  public void close() {
    if (axon != null) {
      axon.shutdown();
    }
  }
}
