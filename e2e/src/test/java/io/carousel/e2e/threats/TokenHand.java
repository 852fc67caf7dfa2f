package io.carousel.e2e.threats;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.KeyId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.xipki.pkcs11.wrapper.AttributeVector;
import org.xipki.pkcs11.wrapper.KeyPairTemplate;
import org.xipki.pkcs11.wrapper.Mechanism;
import org.xipki.pkcs11.wrapper.PKCS11Constants;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.PKCS11Module;
import org.xipki.pkcs11.wrapper.Session;
import org.xipki.pkcs11.wrapper.Slot;

/**
 * A program of a PIN's holder, logged in to a node's token beside its worker. It shares nothing
 * with the worker but the wrapper. Main program: one deed for each line of its input, one line of
 * output for each.
 */
public final class TokenHand implements AutoCloseable {
  private static final byte[] P256 = HexFormat.of().parseHex("06082a8648ce3d030107");

  private final Process process;
  private final BufferedReader out;

  private TokenHand(Process process) {
    this.process = process;
    this.out = process.inputReader(UTF_8);
  }

  /** In that slot of the node in that folder. */
  static TokenHand in(Path data, String slot) throws IOException {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            TokenHand.class.getName(),
            System.getProperty("carousel.test.softhsm"),
            slot,
            data.resolve("slots").resolve(slot).resolve("pin").toString());
    builder.environment().put("SOFTHSM2_CONF", data.resolve("softhsm2.conf").toString());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new TokenHand(builder.start());
  }

  /** Has it done; what it came to: {@code ok}, something in hex, or the token's refusal. */
  String does(String... words) throws IOException {
    process.outputWriter(UTF_8).append(String.join(" ", words)).append('\n').flush();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("= ")) {
        return line.substring(2);
      }
    }
    throw new IOException("the program has ended");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Module, label of the token, file of its PIN. */
  public static void main(String[] arguments) throws Exception {
    PKCS11Module module = PKCS11Module.getInstance(arguments[0]);
    module.initialize();
    Session session = null;
    for (Slot slot : module.getSlotList(true)) {
      if (slot.getToken().getTokenInfo().getLabel().strip().equals(arguments[1])) {
        session = slot.getToken().openSession(true);
      }
    }
    session.login(
        PKCS11Constants.CKU_USER, Files.readString(Path.of(arguments[2])).strip().toCharArray());
    var in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String said;
      try {
        said = deed(session, line.split(" "));
      } catch (PKCS11Exception e) {
        said = e.getErrorName();
      }
      System.out.println("= " + said);
    }
  }

  private static String deed(Session session, String... words) throws Exception {
    String id = words.length > 1 ? words[1] : "";
    String label = words.length > 2 ? words[2] : "";
    switch (words[0]) {
      case "import" -> plant(session, id, label);
      case "make" -> make(session, id, label, false);
      case "make-weak" -> make(session, id, label, true);
      case "destroy" -> {
        for (long handle : session.findAllObjectsSingle(of(new AttributeVector(), id))) {
          session.destroyObject(handle);
        }
      }
      case "relabel" ->
          session.setAttributeValues(privateKey(session, id), new AttributeVector().label(label));
      case "re-id" ->
          session.setAttributeValues(privateKey(session, id), of(new AttributeVector(), label));
      case "extractable" ->
          session.setAttributeValues(
              privateKey(session, id), new AttributeVector().extractable(true).sensitive(false));
      case "copy" ->
          session.copyObject(
              privateKey(session, id), new AttributeVector().extractable(true).sensitive(false));
      case "read" -> {
        byte[] secret =
            session.getAttrValues(privateKey(session, id), PKCS11Constants.CKA_VALUE).value();
        return secret == null ? "null" : "told";
      }
      case "sign" -> {
        session.signInit(new Mechanism(PKCS11Constants.CKM_ECDSA), privateKey(session, id));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(label.getBytes(UTF_8));
        return HexFormat.of().formatHex(session.sign(digest));
      }
      default -> throw new IllegalArgumentException(words[0]);
    }
    return "ok";
  }

  private static AttributeVector of(AttributeVector vector, String id) {
    return vector.id(new KeyId(id).bytes());
  }

  private static long privateKey(Session session, String id) throws PKCS11Exception {
    return session
        .findAllObjectsSingle(of(AttributeVector.newPrivateKey(PKCS11Constants.CKK_EC), id))[0];
  }

  private static void make(Session session, String id, String label, boolean weak)
      throws PKCS11Exception {
    var pair = new KeyPairTemplate(PKCS11Constants.CKK_EC);
    pair.id(new KeyId(id).bytes()).labels(label).token(true).private_(true, false);
    pair.privateKey().sensitive(true).extractable(weak).sign(true);
    pair.publicKey().verify(true).ecParams(P256.clone());
    if (!weak) {
      pair.privateKey()
          .copyable(false)
          .modifiable(false)
          .allowedMechanisms(new long[] {PKCS11Constants.CKM_ECDSA});
    }
    session.generateKeyPair(new Mechanism(PKCS11Constants.CKM_EC_KEY_PAIR_GEN), pair);
  }

  /** A key whose holder has a copy. */
  private static void plant(Session session, String id, String label) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    byte[] spki = pair.getPublic().getEncoded();
    session.createObject(
        of(AttributeVector.newPublicKey(PKCS11Constants.CKK_EC), id)
            .token(true)
            .label(label)
            .verify(true)
            .ecParams(P256.clone())
            .ecPoint(Arrays.copyOfRange(spki, spki.length - 65, spki.length)));
    session.createObject(
        of(AttributeVector.newPrivateKey(PKCS11Constants.CKK_EC), id)
            .token(true)
            .private_(true)
            .sensitive(true)
            .extractable(false)
            .label(label)
            .sign(true)
            .ecParams(P256.clone())
            .value(((ECPrivateKey) pair.getPrivate()).getS().toByteArray()));
  }
}
