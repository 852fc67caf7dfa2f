package io.carousel.agent.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A YAML document as it is written: every value with its line, and scalars as their text. */
sealed interface Yaml {

  /** Where it begins. */
  int line();

  record Scalar(String text, int line) implements Yaml {}

  record Nothing(int line) implements Yaml {}

  record Items(List<Yaml> items, int line) implements Yaml {}

  record Mapping(Map<String, Yaml> values, int line) implements Yaml {}

  /**
   * Reads a file that holds one mapping.
   *
   * @throws BadConfiguration if it does not
   */
  static Mapping read(Path file) throws BadConfiguration {
    var factory =
        YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (InputStream in = Files.newInputStream(file);
        JsonParser parser = YAMLMapper.builder(factory).build().createParser(in)) {
      if (parser.nextToken() != null && value(parser) instanceof Mapping mapping) {
        if (parser.nextToken() != null) {
          throw new BadConfiguration(file, List.of("it holds more than one document"));
        }
        return mapping;
      }
      throw new BadConfiguration(file, List.of("it holds no keys"));
    } catch (NoSuchFileException e) {
      throw new BadConfiguration(file, List.of("there is no such file"));
    } catch (JacksonException e) {
      throw new BadConfiguration(
          file,
          List.of(
              "line %d: it is not YAML: %s"
                  .formatted(e.getLocation().getLineNr(), e.getOriginalMessage())));
    } catch (IOException e) {
      throw new BadConfiguration(file, List.of("it cannot be read: " + e));
    }
  }

  private static Yaml value(JsonParser parser) {
    int line = parser.currentTokenLocation().getLineNr();
    return switch (parser.currentToken()) {
      case START_OBJECT -> mapping(parser, line);
      case START_ARRAY -> items(parser, line);
      case VALUE_NULL -> new Nothing(line);
      default -> new Scalar(parser.getString(), line);
    };
  }

  private static Mapping mapping(JsonParser parser, int line) {
    var values = new LinkedHashMap<String, Yaml>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      values.put(key, value(parser));
    }
    return new Mapping(values, line);
  }

  private static Items items(JsonParser parser, int line) {
    var items = new ArrayList<Yaml>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(parser));
    }
    return new Items(items, line);
  }
}
