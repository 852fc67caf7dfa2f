package io.carousel.e2e.fleet;

/** The configuration of an nginx that keeps all it writes in its prefix, and serves one address. */
public final class NginxConf {
  private NginxConf() {}

  /**
   * Its text.
   *
   * @param tls directives of its server
   * @param answer what it tells each client, with variables
   */
  public static String text(int port, String tls, String answer) {
    return """
    worker_processes 2;
    daemon off;
    pid nginx.pid;
    error_log error.log notice;
    events { worker_connections 256; }
    http {
      access_log off;
      client_header_timeout 600s;
      client_body_temp_path t1;
      proxy_temp_path t2;
      fastcgi_temp_path t3;
      uwsgi_temp_path t4;
      scgi_temp_path t5;
      server {
        listen 127.0.0.1:%d ssl;
        %s
        location / { return 200 "%s\\n"; }
      }
    }
    """
        .formatted(port, tls, answer);
  }
}
