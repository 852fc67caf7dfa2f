package io.carousel.events.wire;

import io.carousel.events.Bytes;
import io.carousel.events.CrlNumber;
import io.carousel.events.Identifier;
import io.carousel.events.Word;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.deser.KeyDeserializers;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.ValueSerializerModifier;

/**
 * Values that travel as one text, and texts themselves: nothing but a JSON text becomes one. Only
 * the number of a CRL may also come as a JSON integer, whose digits are taken as they stand.
 */
final class Scalars extends SimpleModule {
  private static final long serialVersionUID = 1L;

  Scalars() {
    super("carousel-scalars");
    addSerializer(Identifier.class, text(Identifier.class, Identifier::value));
    addSerializer(Word.class, text(Word.class, Word::wire));
    addSerializer(Bytes.class, text(Bytes.class, Bytes::base64));
    addSerializer(Instant.class, text(Instant.class, Instant::toString));
    addSerializer(Duration.class, text(Duration.class, Duration::toString));
    addSerializer(String.class, text(String.class, Scalars::unicode));
    addDeserializer(String.class, parser(String.class, Scalars::unicode));
    addDeserializer(Bytes.class, parser(Bytes.class, Bytes::ofBase64));
    addDeserializer(Instant.class, parser(Instant.class, Times::parse));
    addDeserializer(Duration.class, parser(Duration.class, Duration::parse));
    addKeySerializer(
        Identifier.class,
        new ValueSerializer<>() {
          @Override
          public void serialize(Identifier v, JsonGenerator g, SerializationContext c) {
            g.writeName(v.value());
          }
        });
    setSerializerModifier(new NoNulls());
  }

  @Override
  public void setupModule(SetupContext context) {
    super.setupModule(context);
    context.addDeserializers(new Families());
    context.addKeyDeserializers(new Keys());
  }

  /** Of an absent optional value null is written; of anything else it could not be read again. */
  private static final class NoNulls extends ValueSerializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public List<BeanPropertyWriter> changeProperties(
        SerializationConfig config,
        BeanDescription.Supplier bean,
        List<BeanPropertyWriter> properties) {
      for (BeanPropertyWriter property : properties) {
        if (!property.getType().isReferenceType() && !property.hasNullSerializer()) {
          property.assignNullSerializer(refused(property.getName()));
        }
      }
      return properties;
    }

    private static ValueSerializer<Object> refused(String field) {
      return new ValueSerializer<>() {
        @Override
        public void serialize(Object nothing, JsonGenerator g, SerializationContext c) {
          throw InvalidDefinitionException.from(g, "its field '%s' is null".formatted(field));
        }
      };
    }
  }

  private static final class Families extends Deserializers.Base {
    @Override
    public ValueDeserializer<?> findBeanDeserializer(
        JavaType type, DeserializationConfig config, BeanDescription.Supplier bean) {
      Class<?> raw = type.getRawClass();
      return Identifier.class.isAssignableFrom(raw) && raw.isRecord()
          ? parser(raw, constructor(raw))
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
          return parsed(c.getParser(), raw, of, key);
        }
      };
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Object word(Class raw, String text) {
    return Word.of(raw, text);
  }

  /** Refuses half a surrogate pair, which JSON and Java can spell and UTF-8 cannot. */
  private static String unicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          throw new IllegalArgumentException("the text holds half a character");
        }
        i++;
      }
    }
    return text;
  }

  private static Function<String, Object> constructor(Class<?> type) {
    try {
      Constructor<?> made = type.getDeclaredConstructor(String.class);
      return text -> {
        try {
          return made.newInstance(text);
        } catch (InvocationTargetException e) {
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

  private static <T> ValueDeserializer<T> parser(Class<?> type, Function<String, ? extends T> of) {
    return new StdDeserializer<T>(type) {
      @Override
      public T deserialize(JsonParser p, DeserializationContext context) {
        boolean digits = type == CrlNumber.class && p.currentToken() == JsonToken.VALUE_NUMBER_INT;
        if (p.currentToken() != JsonToken.VALUE_STRING && !digits) {
          throw MismatchedInputException.from(p, type, "a text was expected here");
        }
        return parsed(p, type, of, p.getString());
      }
    };
  }

  private static <T> T parsed(
      JsonParser p, Class<?> type, Function<String, ? extends T> of, String text) {
    try {
      return of.apply(text);
    } catch (DateTimeException e) {
      throw MismatchedInputException.from(p, type, Identifier.printable(text) + " is no time");
    } catch (IllegalArgumentException e) {
      throw MismatchedInputException.from(p, type, e.getMessage());
    }
  }
}
