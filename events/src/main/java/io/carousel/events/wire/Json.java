package io.carousel.events.wire;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.io.InputStream;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON for records, strict: an unknown, missing or repeated field is refused. The same value always
 * gives the same bytes. Thread-safe.
 */
public final class Json {
  private static final int NESTING_LIMIT = 64;

  /** For values whose types are plain records. */
  public static final Json PLAIN = new Json(base().build());

  private final JsonMapper mapper;
  private final JsonMapper pretty;

  private Json(JsonMapper mapper) {
    this.mapper = mapper;
    this.pretty = mapper.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();
  }

  /**
   * For values that hold variants of sealed types: each is told by a field {@code type}.
   *
   * @param variants the hand-chosen name of each variant
   */
  public static Json withVariants(Map<Class<?>, String> variants) {
    var builder = base();
    variants.forEach((type, name) -> {
      builder.registerSubtypes(new NamedType(type, name));
      builder.addMixIn(type, Variant.class);
      for (Class<?> parent : type.getInterfaces()) {
        if (parent.isSealed()) {
          builder.addMixIn(parent, Variant.class);
        }
      }
    });
    return new Json(builder.build());
  }

  /**
   * Its bytes, on one line.
   *
   * @throws IllegalArgumentException if it could not be read again: a field is null, or a text is
   *     no Unicode
   */
  public byte[] write(Object value) {
    try {
      return mapper.writeValueAsBytes(value);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "no record can hold this %s: %s"
              .formatted(value.getClass().getSimpleName(), e.getOriginalMessage()),
          e);
    }
  }

  /** Its text, indented, for people. */
  public String pretty(Object value) {
    return pretty.writeValueAsString(value);
  }

  /**
   * The value of those bytes.
   *
   * @throws UnreadableRecord if they are no such value; says where
   */
  public <T> T read(byte[] bytes, Class<T> type) {
    return reading(type, () -> mapper.readValue(bytes, type));
  }

  /**
   * The value of that stream, which is read to its end. Whoever opens it bounds its length.
   *
   * @throws UnreadableRecord if it holds no such value or cannot be read; says where
   */
  public <T> T read(InputStream in, Class<T> type) {
    return reading(type, () -> mapper.readValue(in, type));
  }

  ObjectNode tree(byte[] bytes) {
    return reading(ObjectNode.class, () -> mapper.readValue(bytes, ObjectNode.class));
  }

  <T> T ofTree(JsonNode tree, Class<T> type) {
    return reading(type, () -> mapper.treeToValue(tree, type));
  }

  private static <T> T reading(Class<T> type, Supplier<T> read) {
    T value;
    try {
      value = read.get();
    } catch (JacksonException e) {
      throw UnreadableRecord.of(type, e);
    }
    if (value == null) {
      throw new UnreadableRecord("null is no " + type.getSimpleName(), null);
    }
    return value;
  }

  private static JsonMapper.Builder base() {
    var factory =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(NESTING_LIMIT).build())
            .build();
    return JsonMapper.builder(factory)
        .addModule(new Scalars())
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL))
        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS);
  }

  /** Tells variants apart. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  private interface Variant {}
}
