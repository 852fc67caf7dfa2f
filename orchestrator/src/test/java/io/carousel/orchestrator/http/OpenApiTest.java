package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.BundleSignature;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.RootUse;
import io.carousel.events.SignedStatement;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustStatement;
import io.carousel.events.TrustStatements;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.documents.Health;
import io.carousel.orchestrator.documents.HouseDescription;
import io.carousel.orchestrator.documents.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The document says what the code does, no more and no less. */
class OpenApiTest extends ApiTest {
  private static final Map<String, Class<?>> RECORDS =
      Stream.of(
              Problem.class,
              Health.class,
              HouseDescription.class,
              EnrolmentRequest.class,
              Enrolled.class,
              Membership.class,
              TrustBundle.class,
              TrustBundle.TrustedKey.class,
              TrustBundle.Root.class,
              BundleSignature.class,
              TrustStatements.class,
              SignedStatement.class,
              TrustStatement.class,
              CredentialRequest.class,
              Credential.class,
              Report.class,
              Report.Presented.class,
              Report.Observation.class,
              Report.Tried.class)
          .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));
  private static final Map<String, Class<?>> ENUMS =
      Stream.of(Format.class, Profile.class, Role.class, RootUse.class, PhaseName.class)
          .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));

  private JsonNode document() {
    var got = caller().get(OpenApi.PATH);
    assertThat(got.status()).isEqualTo(200);
    return new YAMLMapper().readTree(got.body());
  }

  @Test
  void everyRouteIsInItAndNothingElse() {
    List<String> told =
        document().path("paths").properties().stream()
            .flatMap(path ->
                path.getValue().propertyNames().stream()
                    .map(method -> method.toUpperCase(Locale.ROOT) + " " + path.getKey()))
            .toList();
    assertThat(told)
        .containsExactlyInAnyOrderElementsOf(
            Listener.routes(desk, Limits.ofListener(), () -> false).stream()
                .map(route -> route.method() + " " + route.path())
                .toList());
  }

  @Test
  void everySchemaHasTheFieldsThatAreReadAndWritten() {
    JsonNode schemas = document().path("components").path("schemas");
    var all = Stream.concat(RECORDS.keySet().stream(), ENUMS.keySet().stream()).toList();
    assertThat(schemas.propertyNames()).containsExactlyInAnyOrderElementsOf(all);
    RECORDS.forEach((name, type) -> {
      List<String> fields =
          Arrays.stream(type.getRecordComponents()).map(c -> c.getName()).toList();
      JsonNode schema = schemas.path(name);
      assertThat(schema.path("properties").propertyNames())
          .as(name)
          .containsExactlyInAnyOrderElementsOf(fields);
      assertThat(texts(schema.path("required")))
          .as(name)
          .containsExactlyInAnyOrderElementsOf(fields);
    });
    ENUMS.forEach((name, type) ->
        assertThat(texts(schemas.path(name).path("enum")))
            .as(name)
            .containsExactly(
                Arrays.stream(type.getEnumConstants())
                    .map(c -> new String(Json.PLAIN.write(c), UTF_8).replace("\"", ""))
                    .toArray(String[]::new)));
  }

  @Test
  void everyExampleIsReadAsItIs() {
    var examples = new ArrayList<JsonNode>();
    collect(document(), examples);
    assertThat(examples).hasSizeGreaterThan(15);
    for (JsonNode media : examples) {
      String schema = media.path("schema").path("$ref").asString();
      Class<?> type = RECORDS.get(schema.substring(schema.lastIndexOf('/') + 1));
      byte[] example = Json.PLAIN.write(media.path("example"));
      Object read = Json.PLAIN.read(example, type);
      assertThat(new String(Json.PLAIN.write(read), UTF_8)).isEqualTo(new String(example, UTF_8));
    }
  }

  /** Every reference leads somewhere. */
  @Test
  void nothingIsReferredToThatIsNotThere() {
    JsonNode document = document();
    List<String> references = document.findValuesAsString("$ref");
    assertThat(references).isNotEmpty();
    assertThat(references)
        .allSatisfy(r -> assertThat(document.at(r.substring(1)).isMissingNode()).as(r).isFalse());
  }

  private static void collect(JsonNode node, List<JsonNode> found) {
    if (node.has("example")) {
      found.add(node);
    }
    node.forEach(child -> collect(child, found));
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }
}
