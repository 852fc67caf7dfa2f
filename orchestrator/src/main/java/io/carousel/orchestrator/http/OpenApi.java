package io.carousel.orchestrator.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What participants and verifiers can call, as a document of OpenAPI 3.1; open to everybody. */
final class OpenApi {
  static final String PATH = "/v1/openapi.yaml";

  /** Registered in RFC 9512. */
  private static final String MEDIA_TYPE = "application/yaml";

  private OpenApi() {}

  static List<Endpoint.Route> routes() {
    byte[] document = document();
    var answer = new Answer(200, Optional.of(document), Map.of("Content-Type", MEDIA_TYPE));
    return List.of(new Endpoint.Route("GET", PATH, _ -> answer));
  }

  private static byte[] document() {
    try (InputStream in = OpenApi.class.getResourceAsStream("openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("openapi.yaml is missing in the program; build it again");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
