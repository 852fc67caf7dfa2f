package io.carousel.orchestrator.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds the endpoint of a call. HEAD is answered wherever GET is (RFC 9110, section 9.3.2). */
final class Routes {
  /** Methods of RFC 9110 and RFC 5789; a server may know no others (section 9.1). */
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private static final int NOT_IMPLEMENTED = 501;

  private final List<Pattern> patterns;

  /** A path in its segments, with what answers there by method. */
  private record Pattern(String[] segments, Map<String, Endpoint> endpoints) {
    Optional<Map<String, String>> match(String[] path) {
      if (path.length != segments.length) {
        return Optional.empty();
      }
      var parameters = new HashMap<String, String>();
      for (int i = 0; i < segments.length; i++) {
        String segment = segments[i];
        if (segment.startsWith("{")) {
          if (path[i].isEmpty()) {
            return Optional.empty();
          }
          parameters.put(segment.substring(1, segment.length() - 1), path[i]);
        } else if (!segment.equals(path[i])) {
          return Optional.empty();
        }
      }
      return Optional.of(parameters);
    }

    String allowed() {
      var methods = new TreeSet<>(endpoints.keySet());
      if (methods.contains("GET")) {
        methods.add("HEAD");
      }
      return String.join(", ", methods);
    }
  }

  /** An endpoint, and what the path says in the places of its parameters. */
  record Found(Endpoint endpoint, Map<String, String> parameters) {}

  Routes(List<Endpoint.Route> routes) {
    var byPath = new LinkedHashMap<String, Map<String, Endpoint>>();
    for (Endpoint.Route route : routes) {
      byPath
          .computeIfAbsent(route.path(), _ -> new HashMap<>())
          .put(route.method(), route.endpoint());
    }
    var all = new ArrayList<Pattern>();
    byPath.forEach((path, endpoints) -> all.add(new Pattern(segments(path), endpoints)));
    this.patterns = List.copyOf(all);
  }

  /**
   * Who answers that.
   *
   * @param path decoded, without dot segments
   * @throws BadCall if nobody does
   */
  Found find(String method, String path) {
    if (!METHODS.contains(method)) {
      throw new BadCall(
          NOT_IMPLEMENTED,
          "unknown-method",
          "nothing here answers to that method; GET it, or POST");
    }
    String[] segments = segments(path);
    String wanted = method.equals("HEAD") ? "GET" : method;
    for (Pattern pattern : patterns) {
      Optional<Map<String, String>> parameters = pattern.match(segments);
      if (parameters.isPresent()) {
        Endpoint endpoint = pattern.endpoints().get(wanted);
        if (endpoint == null) {
          throw wrongMethod(pattern.allowed());
        }
        return new Found(endpoint, parameters.get());
      }
    }
    throw new BadCall(404, "unknown-path", "nothing is here; see docs/http-api.md");
  }

  private static BadCall wrongMethod(String allowed) {
    String message = "this path answers to %s".formatted(allowed);
    return new BadCall(
        Answer.problem(405, "wrong-method", message).with("Allow", allowed), message);
  }

  private static String[] segments(String path) {
    return path.split("/", -1);
  }
}
