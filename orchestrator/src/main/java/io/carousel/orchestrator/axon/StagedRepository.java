package io.carousel.orchestrator.axon;

import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.axonframework.common.infra.ComponentDescriptor;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.modelling.repository.ManagedEntity;
import org.axonframework.modelling.repository.Repository;

/**
 * The one entity that acts are decided on: the whole state, as staged for the act at hand. It is
 * changed by events alone.
 */
final class StagedRepository<S> implements Repository.LifecycleManagement<String, S> {
  private final Class<S> type;

  StagedRepository(Class<S> type) {
    this.type = type;
  }

  @Override
  public Class<S> entityType() {
    return type;
  }

  @Override
  public Class<String> idType() {
    return String.class;
  }

  @Override
  public CompletableFuture<ManagedEntity<String, S>> load(String id, ProcessingContext context) {
    Judging<?> judging = context.getResource(Judging.KEY);
    if (judging == null) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("the state is staged only while the owner decides an act"));
    }
    return CompletableFuture.completedFuture(new Staged<>(id, type.cast(judging.staged())));
  }

  @Override
  public CompletableFuture<ManagedEntity<String, S>> loadOrCreate(
      String id, ProcessingContext context) {
    return load(id, context);
  }

  @Override
  public ManagedEntity<String, S> persist(String id, S entity, ProcessingContext context) {
    throw new UnsupportedOperationException("the state is changed by events alone");
  }

  @Override
  public ManagedEntity<String, S> attach(
      ManagedEntity<String, S> entity, ProcessingContext context) {
    throw new UnsupportedOperationException("the state is changed by events alone");
  }

  @Override
  public void describeTo(ComponentDescriptor descriptor) {
    descriptor.describeProperty("entityType", type);
  }

  private record Staged<S>(String identifier, S entity) implements ManagedEntity<String, S> {
    @Override
    public S applyStateChange(UnaryOperator<S> change) {
      throw new UnsupportedOperationException("the state is changed by events alone");
    }
  }
}
