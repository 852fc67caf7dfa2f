package io.carousel.orchestrator.evidence;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.rules.Evidence.Issued;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;

/**
 * Entries of the register as bytes. Not a contract: they are read only by the version that wrote
 * them.
 */
final class RegisterEntries {
  private static final int DIGEST = 32;

  /** Longest public key: RSA of 16,384 bits, with room to spare. */
  private static final int KEY_LIMIT = 4_096;

  private static final byte KEY = 0;
  private static final byte TOKEN = 1;

  private RegisterEntries() {}

  static void write(DataOutput out, AuthorityName authority, Issued i) throws IOException {
    out.writeUTF(authority.value());
    out.writeUTF(i.holder().value());
    out.write(i.identity().bytes());
    out.writeUTF(i.format().name());
    out.writeUTF(i.profile().name());
    out.writeUTF(i.serial().value());
    out.write(i.issuerKey().bytes());
    out.writeInt(i.generation());
    out.writeUTF(i.slot().value());
    out.writeUTF(i.notAfter().toString());
  }

  /** All that follows the authority's name. */
  static Issued issued(DataInput in) throws IOException {
    return new Issued(
        new ParticipantName(in.readUTF()),
        digest(in),
        Format.valueOf(in.readUTF()),
        Profile.valueOf(in.readUTF()),
        new Serial(in.readUTF()),
        digest(in),
        in.readInt(),
        new SlotName(in.readUTF()),
        Instant.parse(in.readUTF()));
  }

  static void write(DataOutput out, Possession possession) throws IOException {
    switch (possession) {
      case Possession.OfKey k -> key(out, k.publicKey());
      case Possession.OfPoint p -> key(out, p.publicKey());
      case Possession.OfToken t -> {
        out.writeByte(TOKEN);
        out.write(t.digest().bytes());
      }
    }
  }

  private static void key(DataOutput out, Bytes publicKey) throws IOException {
    byte[] all = publicKey.toArray();
    out.writeByte(KEY);
    out.writeShort(all.length);
    out.write(all);
  }

  static Possession possession(DataInput in) throws IOException {
    byte kind = in.readByte();
    return switch (kind) {
      case KEY -> {
        int length = in.readUnsignedShort();
        if (length > KEY_LIMIT) {
          throw new IOException("a key of %d bytes".formatted(length));
        }
        var key = new byte[length];
        in.readFully(key);
        yield Possession.ofKey(Bytes.of(key));
      }
      case TOKEN -> new Possession.OfToken(digest(in));
      default -> throw new IOException("there is no possession of kind " + kind);
    };
  }

  private static Digest digest(DataInput in) throws IOException {
    var hash = new byte[DIGEST];
    in.readFully(hash);
    return Digest.ofHash(hash);
  }
}
