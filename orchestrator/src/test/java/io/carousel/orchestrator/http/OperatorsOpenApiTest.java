package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Seen;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.Problem;
import io.carousel.orchestrator.documents.Wanted;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The operators' document says what the code does, no more and no less. */
@Timeout(30)
class OperatorsOpenApiTest {
  private static final Map<String, Class<?>> RECORDS =
      Stream.concat(
              Stream.of(Done.class, Problem.class, Seen.class),
              Arrays.stream(Wanted.class.getPermittedSubclasses()))
          .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));

  private final FakeDesk desk = FakeDesk.withSlots("hsm-a");
  private JsonNode document;

  @BeforeEach
  void read() throws Exception {
    document =
        new YAMLMapper().readTree(Files.readString(Path.of("../docs/openapi-operators.yaml")));
  }

  private static Set<String> named(List<Endpoint.Route> routes) {
    return routes.stream()
        .map(route -> route.method() + " " + route.path())
        .collect(Collectors.toSet());
  }

  @Test
  void everyRouteIsInItAndNothingElse() {
    Set<String> routes = named(ApiServer.routes(desk, Limits.ofApi(), () -> false));
    routes.removeAll(named(Listener.routes(desk, Limits.ofListener(), () -> false)));
    assertThat(routes).hasSizeGreaterThan(40);
    List<String> told =
        document.path("paths").properties().stream()
            .flatMap(path ->
                path.getValue().propertyNames().stream()
                    .filter(name -> !name.equals("parameters"))
                    .map(method -> method.toUpperCase(Locale.ROOT) + " " + path.getKey()))
            .toList();
    assertThat(told).containsExactlyInAnyOrderElementsOf(routes);
  }

  @Test
  void everyParameterOfAPathIsInIt() {
    document
        .path("paths")
        .properties()
        .forEach(path -> {
          List<String> inPath =
              Stream.of(path.getKey().split("/", -1))
                  .filter(segment -> segment.startsWith("{"))
                  .map(segment -> segment.substring(1, segment.length() - 1))
                  .toList();
          assertThat(path.getValue().path("parameters").findValuesAsString("name"))
              .as(path.getKey())
              .containsExactlyElementsOf(inPath);
        });
  }

  @Test
  void everySchemaHasTheFieldsThatAreReadAndWritten() {
    JsonNode schemas = document.path("components").path("schemas");
    assertThat(schemas.propertyNames()).containsExactlyInAnyOrderElementsOf(RECORDS.keySet());
    RECORDS.forEach((name, type) -> {
      List<RecordComponent> components = List.of(type.getRecordComponents());
      JsonNode schema = schemas.path(name);
      assertThat(schema.path("properties").propertyNames())
          .as(name)
          .containsExactlyInAnyOrderElementsOf(
              components.stream().map(RecordComponent::getName).toList());
      // What may be absent may also be left out of what is sent.
      List<String> required =
          components.stream()
              .filter(c -> c.getType() != Optional.class)
              .map(RecordComponent::getName)
              .toList();
      assertThat(schema.path("required").valueStream().map(JsonNode::asString))
          .as(name)
          .containsExactlyInAnyOrderElementsOf(required);
    });
  }

  @Test
  void nothingIsReferredToThatIsNotThere() {
    List<String> references = document.findValuesAsString("$ref");
    assertThat(references).hasSizeGreaterThan(60);
    for (String reference : references) {
      assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    }
  }
}
