package io.carousel.deploy.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.SlotName;
import io.carousel.events.wire.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A node's data folder, held by one process at a time. Private to its user; survives restarts.
 *
 * <pre>
 * node.json          where the node listens, while it runs
 * api.secret         what callers of the API must show
 * lock               held while a node runs; holds its pid
 * slots.txt          the slots chosen at the first start, one a line
 * kafka/             the broker's data
 * orchestrator/      identity, highest head seen, snapshot
 * tokens/            SoftHSM's tokens; softhsm2.conf names them
 * slots/NAME/        worker.yaml, pin, so-pin, identity.key
 * scratch/           emptied at each start
 * logs/              of the node and of each worker
 * </pre>
 */
public final class NodeFolder implements AutoCloseable {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> SECRET =
      PosixFilePermissions.fromString("rw-------");
  private static final int PIN_BYTES = 12;
  private static final String LOCK = "lock";
  private static final String LOGS = "logs";

  private final Path root;
  private final RandomAccessFile lockFile;

  private NodeFolder(Path root, RandomAccessFile lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /**
   * Where a node listens; the file {@code node.json}.
   *
   * @param api base URL of the HTTP API
   * @param secretFile what its callers must show
   * @param bootstrap Kafka's bootstrap servers
   */
  public record Description(String api, String secretFile, String bootstrap, long pid) {}

  /**
   * Refuses a folder that holds something and was never a node's: nothing in it is to be mixed with
   * other files, nor shut to others.
   *
   * @throws NodeTrouble if it is such a folder
   */
  public static void refuseForeign(Path root) throws NodeTrouble {
    if (!Files.isDirectory(root) || Files.exists(root.resolve(LOCK))) {
      return;
    }
    try (Stream<Path> held = Files.list(root)) {
      if (held.anyMatch(file -> !file.endsWith(LOGS))) {
        throw new NodeTrouble(
            "%s holds files that are no node's; name a new or empty folder with --data"
                .formatted(root));
      }
    } catch (IOException e) {
      throw new NodeTrouble(
          "the data folder %s cannot be read: %s; choose another one with --data"
              .formatted(root, e),
          e);
    }
  }

  /**
   * Refuses a folder that a node works with, before anything else is found fault with. Whoever
   * takes it later decides.
   *
   * @throws NodeTrouble if it is in use
   */
  public static void refuseHeld(Path root) throws NodeTrouble {
    Path held = root.resolve(LOCK);
    if (!Files.isRegularFile(held, LinkOption.NOFOLLOW_LINKS) || !Files.isWritable(held)) {
      return;
    }
    try (var file = new RandomAccessFile(held.toFile(), "rw")) {
      if (!lock(file)) {
        throw inUse(root, file);
      }
    } catch (IOException e) {
      throw new NodeTrouble(
          "the data folder %s cannot be used: %s; choose another one with --data"
              .formatted(root, e),
          e);
    }
  }

  private static NodeTrouble inUse(Path root, RandomAccessFile lockFile) throws IOException {
    String holder = lockFile.readLine();
    return new NodeTrouble(
        "%s is in use by the node with process id %s; stop that one, or choose another folder with --data"
            .formatted(root, holder == null ? "unknown" : holder));
  }

  /**
   * Takes the folder, and makes it if there is none.
   *
   * @throws NodeTrouble if another process holds it, it is somebody else's, or it cannot be used
   */
  public static NodeFolder take(Path root) throws NodeTrouble {
    refuseForeign(root);
    try {
      Path real = Files.createDirectories(root.toAbsolutePath().normalize()).toRealPath();
      FolderOwner.check(real);
      Files.setPosixFilePermissions(real, PRIVATE);
      var file = new RandomAccessFile(real.resolve(LOCK).toFile(), "rw");
      if (!lock(file)) {
        NodeTrouble held = inUse(real, file);
        file.close();
        throw held;
      }
      file.setLength(0);
      file.write((ProcessHandle.current().pid() + "\n").getBytes(UTF_8));
      var folder = new NodeFolder(real, file);
      Files.createDirectories(folder.logs());
      folder.clear(folder.scratch());
      return folder;
    } catch (IOException e) {
      throw new NodeTrouble(
          "the data folder %s cannot be used: %s; choose another one with --data"
              .formatted(root, e),
          e);
    }
  }

  private static boolean lock(RandomAccessFile file) throws IOException {
    try {
      return file.getChannel().tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** The folder itself. */
  public Path root() {
    return root;
  }

  /** The broker's. */
  public Path kafka() {
    return root.resolve("kafka");
  }

  /** The orchestrator's. */
  public Path orchestrator() {
    return root.resolve("orchestrator");
  }

  /** The logs'. */
  public Path logs() {
    return root.resolve(LOGS);
  }

  /** The log of that slot's worker. */
  public Path workerLog(SlotName slot) {
    return logs().resolve("worker-%s.log".formatted(slot));
  }

  /** What callers of the API must show. */
  public Path apiSecret() {
    return root.resolve("api.secret");
  }

  /** What SoftHSM is told. */
  public Path softHsmConfiguration() {
    return root.resolve("softhsm2.conf");
  }

  /** One slot's. */
  public Path slot(SlotName slot) {
    return root.resolve("slots").resolve(slot.value());
  }

  /** What may be left behind by whoever is killed. */
  Path scratch() {
    return root.resolve("scratch");
  }

  /** Whether a node has been started there before, with slots of its own. */
  static boolean hasSlots(Path root) {
    return Files.exists(root.resolve("slots.txt"));
  }

  /**
   * The slots it has; chosen once and for all at the first start.
   *
   * @param wanted by whoever starts it; empty: whatever there is, or the usual ones
   * @throws NodeTrouble if others were chosen then
   */
  List<SlotName> slots(List<SlotName> wanted) throws IOException, NodeTrouble {
    Path file = root.resolve("slots.txt");
    if (!Files.exists(file)) {
      List<SlotName> chosen = wanted.isEmpty() ? Node.USUAL_SLOTS : wanted;
      replace(file, chosen.stream().map(s -> s + "\n").collect(Collectors.joining()));
    }
    List<SlotName> chosen =
        Files.readAllLines(file).stream().filter(l -> !l.isBlank()).map(SlotName::new).toList();
    if (!wanted.isEmpty() && !Set.copyOf(wanted).equals(Set.copyOf(chosen))) {
      throw new NodeTrouble(
          "%s was made with the slots %s, and they stay; leave out --slot, or choose another folder with --data"
              .formatted(root, list(chosen)));
    }
    return chosen;
  }

  private static String list(List<SlotName> slots) {
    return slots.stream().map(SlotName::value).collect(Collectors.joining(", "));
  }

  /** Makes what SoftHSM needs. */
  void prepareTokens() throws IOException {
    Path tokens = Files.createDirectories(root.resolve("tokens"));
    Files.setPosixFilePermissions(tokens, PRIVATE);
    replace(
        softHsmConfiguration(),
        """
        directories.tokendir = %s
        objectstore.backend = file
        log.level = ERROR
        slots.removable = false
        """
            .formatted(tokens));
  }

  /** Makes a slot's folder with random PINs, unless it is there. */
  void prepare(SlotName slot) throws IOException {
    Path folder = Files.createDirectories(slot(slot));
    Files.setPosixFilePermissions(folder, PRIVATE);
    secret(folder.resolve("pin"));
    secret(folder.resolve("so-pin"));
  }

  private static void secret(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] random = new byte[PIN_BYTES];
      new SecureRandom().nextBytes(random);
      replace(file, HexFormat.of().formatHex(random) + "\n");
    }
  }

  /** Says where the node listens. */
  void describe(Description description) throws IOException {
    replace(root.resolve("node.json"), Json.PLAIN.pretty(description) + "\n");
  }

  /** Writes a file of mode 0600 so that readers see the old or the new one, whole. */
  static void replace(Path file, String text) throws IOException {
    Path draft =
        Files.createTempFile(
            file.getParent(), ".new", "", PosixFilePermissions.asFileAttribute(SECRET));
    Files.writeString(draft, text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private void clear(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (var left = Files.list(folder)) {
      for (Path file : left.toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(root.resolve("node.json"));
    lockFile.close();
  }
}
