package io.carousel.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.TrustBundle;
import io.carousel.orchestrator.documents.AuthorityDetails;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code carousel up} as a process of its own, which serves; its data are in {@code data}. */
public final class Node implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path folder;
  private final List<String> more;
  private Child process;

  private Node(Path folder, List<String> more) {
    this.folder = folder;
    this.more = more;
  }

  /** One that receives participants on loopback; returns once it does. */
  public static Node listening(Path folder, String... more) throws Exception {
    var node = new Node(folder, List.of(more));
    node.start("127.0.0.1:0");
    return node;
  }

  private void start(String listen) throws Exception {
    String[] arguments =
        Stream.concat(
                Stream.of("up", "--data", data(folder).toString(), "--listen", listen),
                more.stream())
            .toArray(String[]::new);
    process = Child.start(folder, arguments);
    await()
        .atMost(PATIENCE)
        .until(() -> !process.isAlive() || process.out().contains("Participants are received at"));
    assertThat(process.isAlive()).as("%s%s", process.out(), process.err()).isTrue();
  }

  /** SIGKILL, and another one in its place as soon as its workers have noticed. */
  public void restart() throws Exception {
    URI listener = listener();
    List<ProcessHandle> children = process.children();
    process.kill();
    await().atMost(PATIENCE).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    start(listener.getHost() + ":" + listener.getPort());
  }

  /** Its workers, which are processes of their own. */
  public List<ProcessHandle> workers() {
    return process.children();
  }

  private static Path data(Path folder) {
    return folder.resolve("data");
  }

  /** The operators' commands against it. */
  public Cli cli() {
    return new Cli(data(folder));
  }

  /** Where operators reach it. */
  public URI api() {
    return URI.create(told("HTTP API +(http://\\S+)"));
  }

  /** The file with their secret. */
  public Path secret() {
    return data(folder).resolve("api.secret");
  }

  /** Where participants reach it. */
  public URI listener() {
    return URI.create(told("received at (https://[^,]+),"));
  }

  /** By what they know it: SHA-256 of the CA keys of its own authority. */
  public Set<Digest> pins() {
    return cli()
        .read(AuthorityDetails.class, "authority", "show", AuthorityName.BUILT_IN.value())
        .bundle()
        .trusted()
        .stream()
        .map(TrustBundle.TrustedKey::key)
        .collect(Collectors.toUnmodifiableSet());
  }

  private String told(String pattern) {
    Matcher said = Pattern.compile(pattern).matcher(process.out());
    assertThat(said.find()).as(process.out()).isTrue();
    return said.group(1);
  }

  @Override
  public void close() throws InterruptedException {
    process.close();
  }
}
