package io.carousel.events.wire;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.carousel.events.Bytes;
import io.carousel.events.Identifier;
import io.carousel.events.Word;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.deser.KeyDeserializers;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.module.SimpleModule;

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

  /** Its bytes, on one line. */
  public byte[] write(Object value) {
    return mapper.writeValueAsBytes(value);
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
    try {
      T value = mapper.readValue(bytes, type);
      if (value == null) {
        throw new UnreadableRecord("null is no " + type.getSimpleName(), null);
      }
      return value;
    } catch (JacksonException e) {
      throw UnreadableRecord.of(type, e);
    }
  }

  /**
   * The value of that stream, which is read to its end.
   *
   * @throws UnreadableRecord if it holds no such value; says where
   */
  public <T> T read(InputStream in, Class<T> type) {
    try {
      return mapper.readValue(in, type);
    } catch (JacksonException e) {
      throw UnreadableRecord.of(type, e);
    }
  }

  JsonNode tree(byte[] bytes) {
    try {
      return mapper.readTree(bytes);
    } catch (JacksonException e) {
      throw UnreadableRecord.of(JsonNode.class, e);
    }
  }

  <T> T ofTree(JsonNode tree, Class<T> type) {
    try {
      return mapper.treeToValue(tree, type);
    } catch (JacksonException e) {
      throw UnreadableRecord.of(type, e);
    }
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
        .disable(tools.jackson.databind.MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .disable(tools.jackson.databind.MapperFeature.ALLOW_COERCION_OF_SCALARS);
  }

  /** Tells variants apart. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  private interface Variant {}

  /** Values that travel as one text. */
  private static final class Scalars extends SimpleModule {
    private static final long serialVersionUID = 1L;

    Scalars() {
      super("carousel-scalars");
      addSerializer(Identifier.class, text(Identifier.class, Identifier::value));
      addSerializer(Word.class, text(Word.class, Word::wire));
      addSerializer(Bytes.class, text(Bytes.class, Bytes::base64));
      addDeserializer(Bytes.class, parser(Bytes.class, Bytes::ofBase64));
      addKeySerializer(
          Identifier.class,
          new ValueSerializer<>() {
            @Override
            public void serialize(Identifier v, JsonGenerator g, SerializationContext c) {
              g.writeName(v.value());
            }
          });
    }

    @Override
    public void setupModule(SetupContext context) {
      super.setupModule(context);
      context.addDeserializers(new Families());
      context.addKeyDeserializers(new Keys());
    }
  }

  private static final class Families extends Deserializers.Base {
    @Override
    public ValueDeserializer<?> findBeanDeserializer(
        JavaType type, DeserializationConfig config, BeanDescription.Supplier bean) {
      Class<?> raw = type.getRawClass();
      return Identifier.class.isAssignableFrom(raw) && raw.isRecord()
          ? parser(Object.class, constructor(raw))
          : null;
    }

    @Override
    public ValueDeserializer<?> findEnumDeserializer(
        JavaType type, DeserializationConfig config, BeanDescription.Supplier bean) {
      return Word.class.isAssignableFrom(type.getRawClass())
          ? parser(Object.class, text -> word(type.getRawClass(), text))
          : null;
    }

    @Override
    public boolean hasDeserializerFor(DeserializationConfig config, Class<?> type) {
      return Identifier.class.isAssignableFrom(type) || Word.class.isAssignableFrom(type);
    }
  }

  private static final class Keys implements KeyDeserializers {
    @Override
    public KeyDeserializer findKeyDeserializer(
        JavaType type, DeserializationConfig config, BeanDescription.Supplier bean) {
      Class<?> raw = type.getRawClass();
      if (!Identifier.class.isAssignableFrom(raw) || !raw.isRecord()) {
        return null;
      }
      Function<String, Object> of = constructor(raw);
      return new KeyDeserializer() {
        @Override
        public Object deserializeKey(String key, DeserializationContext c) {
          return of.apply(key);
        }
      };
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Object word(Class raw, String text) {
    return Word.of(raw, text);
  }

  private static Function<String, Object> constructor(Class<?> type) {
    try {
      Constructor<?> made = type.getDeclaredConstructor(String.class);
      return text -> {
        try {
          return made.newInstance(text);
        } catch (java.lang.reflect.InvocationTargetException e) {
          throw new IllegalArgumentException(e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
          throw new AssertionError("identifiers have a public constructor of one text", e);
        }
      };
    } catch (NoSuchMethodException e) {
      throw new AssertionError("identifiers have a public constructor of one text", e);
    }
  }

  private static <T> ValueSerializer<T> text(Class<T> type, Function<T, String> of) {
    return new ValueSerializer<>() {
      @Override
      public void serialize(T value, JsonGenerator g, SerializationContext context) {
        g.writeString(of.apply(value));
      }

      @Override
      public Class<T> handledType() {
        return type;
      }
    };
  }

  private static <T> ValueDeserializer<T> parser(Class<T> type, Function<String, T> of) {
    return new StdDeserializer<>(type) {
      @Override
      public T deserialize(JsonParser p, DeserializationContext context) {
        String text = p.getString();
        if (!p.currentToken().isScalarValue()) {
          throw tools.jackson.databind.exc.MismatchedInputException.from(
              p, type, "a text was expected here");
        }
        try {
          return of.apply(text);
        } catch (IllegalArgumentException e) {
          throw tools.jackson.databind.exc.MismatchedInputException.from(p, type, e.getMessage());
        }
      }
    };
  }
}
