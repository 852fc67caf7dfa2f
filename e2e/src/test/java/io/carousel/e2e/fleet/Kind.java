package io.carousel.e2e.fleet;

/** What serves, and who calls it. */
enum Kind {
  NGINX("nginx-1", "curl-1"),
  HAPROXY("haproxy-1", "openssl-1"),
  POSTGRESQL("postgresql-1", "psql-1"),
  SSHD("sshd-1", "ssh-1"),
  JVM("jvm-1", "jvm-2");

  private final String server;
  private final String client;

  Kind(String server, String client) {
    this.server = server;
    this.client = client;
  }

  /** The participant that serves. */
  String server() {
    return server;
  }

  /** The participant that calls. */
  String client() {
    return client;
  }

  /** In which format both are known. */
  String format() {
    return this == SSHD ? "ssh" : "x509";
  }
}
