package io.carousel.e2e.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.openssh.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A cluster of PostgreSQL, which does not run as root: as its own user then. */
final class Postgres {
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final String USER = "postgres";

  private Postgres() {}

  /** Whether it runs as another user than the tests. */
  static boolean asAnother() {
    return System.getProperty("user.name").equals("root");
  }

  /** The newest program of that name that is installed; null if there is none. */
  static Path find(String program) {
    if (!Files.isDirectory(VERSIONS)) {
      return Tool.find(program);
    }
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      return versions
          .map(version -> version.resolve("bin").resolve(program))
          .filter(Files::isExecutable)
          .max(Comparator.comparingInt(p -> Integer.parseInt(p.getName(3).toString())))
          .orElse(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path data(Path folder) {
    return folder.resolve("cluster");
  }

  /** A cluster in which whoever shows a certificate is the role of its common name. */
  static void create(Path folder, Path set, int port) throws IOException {
    Path data = data(folder);
    if (asAnother()) {
      Tool.run(List.of("chown", USER, folder.toString())).good();
    }
    Tool.run(as(find("initdb").toString(), "-D", data.toString(), "-A", "reject", "-U", USER))
        .good();
    Files.writeString(
        data.resolve("postgresql.conf"),
        """
        listen_addresses = '127.0.0.1'
        port = %1$d
        unix_socket_directories = '%2$s'
        fsync = off
        max_connections = 40
        ssl = on
        ssl_cert_file = '%3$s/fullchain.pem'
        ssl_key_file = '%3$s/key.pem'
        ssl_ca_file = '%3$s/bundle.pem'
        ssl_crl_file = '%3$s/crls.pem'
        """
            .formatted(port, data, set),
        UTF_8);
    Files.writeString(
        data.resolve("pg_hba.conf"),
        "hostssl all all 127.0.0.1/32 cert clientcert=verify-full\n",
        UTF_8);
    Path role = folder.resolve("role.sql");
    Files.writeString(role, "CREATE ROLE \"%s\" LOGIN;\n".formatted(Kind.POSTGRESQL.client()));
    Files.setPosixFilePermissions(role, PosixFilePermissions.fromString("rw-r--r--"));
    Tool.run(
            as(
                "/bin/sh",
                "-c",
                "'%s' --single -D '%s' postgres < '%s'".formatted(find("postgres"), data, role)))
        .good();
  }

  static List<String> server(Path folder) {
    return as(find("postgres").toString(), "-D", data(folder).toString());
  }

  private static List<String> as(String... command) {
    return asAnother()
        ? Stream.concat(
                Stream.of("setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"),
                Stream.of(command))
            .toList()
        : List.of(command);
  }
}
