package io.carousel.events.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code pkcs11-spy} has written. It does not lock, so only the log of a program that calls
 * its module from one thread at a time (one session) can be read. A call cut short by SIGKILL is
 * there as far as it got. PINs are in it: never spy on a token that matters.
 *
 * @param calls in their order
 */
public record SpyLog(List<Call> calls) {
  private static final Pattern HEAD = Pattern.compile("\\d+: (C_\\w+)");
  private static final Pattern INPUT =
      Pattern.compile("\\[in\\] pData\\[ulDataLen\\] \\S+ / (\\d+)");
  private static final Pattern BYTES =
      Pattern.compile(" {4}[0-9A-F]{8} {2}((?:[0-9A-F]{2} ){1,16}).*");
  private static final String LENGTH_ASKED = "[out] pSignature[*pulSignatureLen] NULL";
  private static final String DONE = "Returned:  0 CKR_OK";
  private static final String SIGN = "C_Sign";

  // What the program itself logs to the same file, maybe in the middle of a line of the spy's.
  private static final Pattern STRANGER =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");

  /** Keeps a copy. */
  public SpyLog {
    calls = List.copyOf(calls);
  }

  /**
   * A call.
   *
   * @param function such as {@code C_Sign}
   * @param lines what stands below it, of {@code C_Sign} alone
   */
  public record Call(String function, List<String> lines) {
    private boolean asksForALength() {
      return lines.stream().anyMatch(line -> line.startsWith(LENGTH_ASKED));
    }

    /** What was to be signed; short of some bytes if the program was killed meanwhile. */
    private byte[] input() {
      StringBuilder hex = new StringBuilder();
      int announced = -1;
      for (String line : lines) {
        Matcher start = INPUT.matcher(line);
        Matcher bytes = BYTES.matcher(line);
        if (start.matches()) {
          announced = Integer.parseInt(start.group(1));
        } else if (announced >= 0 && bytes.matches() && hex.length() < 2 * announced) {
          hex.append(bytes.group(1).replace(" ", ""));
        }
      }
      // the text beside the last line may look like bytes too
      return HexFormat.of().parseHex(hex, 0, Math.min(hex.length(), Math.max(0, 2 * announced)));
    }

    private boolean isWhole() {
      return lines.stream()
          .map(INPUT::matcher)
          .filter(Matcher::matches)
          .anyMatch(start -> input().length == Integer.parseInt(start.group(1)));
    }

    private boolean isDone() {
      return lines.contains(DONE);
    }
  }

  /**
   * A call of C_Sign that makes a signature; those that only ask for its length are not counted.
   *
   * @param sha256 lowercase hex of the SHA-256 of C_Sign's input: of a digest for ECDSA, of a
   *     {@code DigestInfo} for RSA, of the message for Ed25519
   * @param done whether it is known to have succeeded; a call cut short is not
   * @param whole whether all of the input is there, which the spy writes before it passes the call
   *     on: in a log that is not buffered the call was never made without it
   */
  public record Signature(String sha256, boolean done, boolean whole) {}

  /** Reads a log; one that is not there yet is empty. */
  public static SpyLog read(Path file) throws IOException {
    List<Call> calls = new ArrayList<>();
    if (!Files.exists(file)) {
      return new SpyLog(calls);
    }
    List<String> lines = new ArrayList<>(); // before the first call
    String begun = "";
    try (BufferedReader in = Files.newBufferedReader(file, ISO_8859_1)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        Matcher stranger = STRANGER.matcher(line);
        if (stranger.find()) {
          begun += line.substring(0, stranger.start());
          continue;
        }
        String whole = begun + line;
        begun = "";
        Matcher head = HEAD.matcher(whole);
        if (head.matches()) {
          lines = new ArrayList<>();
          calls.add(new Call(head.group(1), lines));
        } else if (!calls.isEmpty() && calls.getLast().function().equals(SIGN)) {
          lines.add(whole);
        }
      }
    }
    return new SpyLog(calls);
  }

  /** How often a function was called. */
  public long count(String function) {
    return calls.stream().filter(call -> call.function().equals(function)).count();
  }

  /** Every signature that was made, or may have been. */
  public List<Signature> signatures() {
    return calls.stream()
        .filter(call -> call.function().equals(SIGN) && !call.asksForALength())
        .map(call -> new Signature(sha256(call.input()), call.isDone(), call.isWhole()))
        .toList();
  }

  /** How often each input was signed, by its SHA-256; calls cut short are left out. */
  public Map<String, Integer> signaturesBySha256() {
    Map<String, Integer> counts = new TreeMap<>();
    signatures().stream()
        .filter(Signature::done)
        .forEach(signature -> counts.merge(signature.sha256(), 1, Integer::sum));
    return counts;
  }

  /** Lowercase hex of the SHA-256. */
  public static String sha256(byte[] input) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(input));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
