package io.carousel.orchestrator.log;

import io.carousel.events.wire.Wire;

/**
 * A record that goes out with a transaction, signed by the owner.
 *
 * @param topic as the contract names it
 * @param key null for none
 * @param id of the record; of a signing command its command id
 * @param type wire name
 * @param value not copied; treat as never changing
 */
public record Outgoing(String topic, String key, String id, String type, byte[] value) {
  /** A value of the contract. */
  public static Outgoing of(String topic, String key, String id, Object value) {
    var typed = Wire.CURRENT.write(value);
    return new Outgoing(topic, key, id, typed.type(), typed.value());
  }
}
