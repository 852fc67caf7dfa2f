package io.carousel.agent.disk;

import io.carousel.events.Bytes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An open folder. What is done in it goes relative to its handle and follows no link, whatever
 * somebody puts in the place of a name meanwhile (openat(2) and its kin).
 *
 * <p>Java has no such call to make a folder, to make a link and to read one. These three go by the
 * folder's path, whose every part was opened without following links, and which nobody but root and
 * the agent's own user may change: {@link FolderWalk} refuses all others.
 */
final class OpenFolder implements Closeable {
  private static final Path SELF = Path.of(".");

  private final Path path;
  private final SecureDirectoryStream<Path> handle;

  private OpenFolder(Path path, SecureDirectoryStream<Path> handle) {
    this.path = path;
    this.handle = handle;
  }

  /** The root of the file system. */
  static OpenFolder root() throws IOException {
    Path root = Path.of("/");
    return new OpenFolder(
        root, secure(root, root.getFileSystem().provider().newDirectoryStream(root, _ -> true)));
  }

  private static SecureDirectoryStream<Path> secure(Path path, DirectoryStream<Path> opened)
      throws IOException {
    if (opened instanceof SecureDirectoryStream<Path> stream) {
      return stream;
    }
    opened.close();
    throw new FileSystemException(
        path.toString(), null, "this system opens no files relative to folders");
  }

  /** Free of links. */
  Path path() {
    return path;
  }

  PosixFileAttributes attributes() throws IOException {
    return handle.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
  }

  /** Of the folder itself. */
  PosixFileAttributeView view() {
    return handle.getFileAttributeView(PosixFileAttributeView.class);
  }

  /** Of what has that name: of a link itself, not of what it leads to. */
  PosixFileAttributeView view(String name) {
    return handle.getFileAttributeView(
        Path.of(name), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** What has that name; empty if there is nothing. */
  Optional<PosixFileAttributes> find(String name) throws IOException {
    try {
      return Optional.of(view(name).readAttributes());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** By how many names that file is known, here and elsewhere. */
  int links(String name) throws IOException {
    return (Integer)
        Files.getAttribute(path.resolve(name), "unix:nlink", LinkOption.NOFOLLOW_LINKS);
  }

  /** The folder of that name; not one that a link leads to. */
  OpenFolder folder(String name) throws IOException {
    Path below = path.resolve(name);
    // To open a pipe would wait for somebody to write.
    if (!find(name).orElseThrow(() -> new NoSuchFileException(below.toString())).isDirectory()) {
      throw new NotDirectoryException(below.toString());
    }
    return new OpenFolder(
        below, secure(below, handle.newDirectoryStream(Path.of(name), LinkOption.NOFOLLOW_LINKS)));
  }

  /**
   * The same, of a folder that is the agent's own: if it shut itself out, it lets itself in again.
   * The mode goes by the path, as the class says.
   */
  OpenFolder own(String name) throws IOException {
    try {
      return folder(name);
    } catch (AccessDeniedException e) {
      PosixFileAttributes found = find(name).orElseThrow(() -> e);
      if (!found.isDirectory() || !found.owner().equals(AgentUser.now().user())) {
        throw e;
      }
      Set<PosixFilePermission> mode = EnumSet.copyOf(Places.OWN);
      mode.addAll(found.permissions());
      Files.setPosixFilePermissions(path.resolve(name), mode);
      return folder(name);
    }
  }

  /** Its names, in order. */
  List<String> names() throws IOException {
    var names = new ArrayList<String>();
    try (DirectoryStream<Path> all = handle.newDirectoryStream(SELF, LinkOption.NOFOLLOW_LINKS)) {
      all.forEach(entry -> names.add(entry.getFileName().toString()));
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names.stream().sorted().toList();
  }

  /**
   * A file's content.
   *
   * @throws FileSystemException if it is anything but a file, or longer than that
   */
  Bytes read(String name, int longest) throws IOException {
    String file = path.resolve(name).toString();
    PosixFileAttributes found = find(name).orElseThrow(() -> new NoSuchFileException(file));
    if (!found.isRegularFile()) {
      throw new FileSystemException(file, null, "it is no file");
    }
    Set<OpenOption> reading = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try (SeekableByteChannel in = handle.newByteChannel(Path.of(name), reading)) {
      if (in.size() > longest) {
        throw new FileSystemException(file, null, "it is longer than %d bytes".formatted(longest));
      }
      ByteBuffer content = ByteBuffer.allocate((int) in.size());
      while (content.hasRemaining() && in.read(content) >= 0) {
        // Until there is no more.
      }
      return Bytes.of(java.util.Arrays.copyOf(content.array(), content.position()));
    }
  }

  /** Makes a file, which is on disk when this returns; not its name yet. */
  void create(String name, Bytes content, Ownership ownership) throws IOException {
    Set<OpenOption> making =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try (SeekableByteChannel out =
        handle.newByteChannel(
            Path.of(name), making, PosixFilePermissions.asFileAttribute(DurableFile.OWNER_ONLY))) {
      ByteBuffer bytes = ByteBuffer.wrap(content.toArray());
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      ownership.applyToFile(view(name));
      force(out);
    }
  }

  /** Makes a folder that only the agent's own user may enter. */
  OpenFolder make(String name) throws IOException {
    Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rwx------");
    Files.createDirectory(path.resolve(name), PosixFilePermissions.asFileAttribute(mode));
    OpenFolder made = folder(name);
    made.view().setPermissions(mode);
    return made;
  }

  /** Makes a link; what it leads to need not be there. */
  void link(String name, String target) throws IOException {
    Files.createSymbolicLink(path.resolve(name), Path.of(target));
  }

  /** Where that link leads to. */
  String linkTarget(String name) throws IOException {
    return Files.readSymbolicLink(path.resolve(name)).toString();
  }

  /** Gives what is there another name, in place of a file or link that has it. */
  void rename(String from, String to) throws IOException {
    handle.move(Path.of(from), handle, Path.of(to));
  }

  /** Removes a file, or a link itself. */
  void delete(String name) throws IOException {
    handle.deleteFile(Path.of(name));
  }

  /** Removes a folder in which nothing is. */
  void deleteFolder(String name) throws IOException {
    handle.deleteDirectory(Path.of(name));
  }

  /** Else names that were made or changed in it could be gone after a power loss. */
  void sync() throws IOException {
    try (SeekableByteChannel opened =
        handle.newByteChannel(SELF, Set.of(StandardOpenOption.READ))) {
      force(opened);
    }
  }

  private static void force(SeekableByteChannel channel) throws IOException {
    ((FileChannel) channel).force(true);
  }

  @Override
  public void close() throws IOException {
    handle.close();
  }
}
