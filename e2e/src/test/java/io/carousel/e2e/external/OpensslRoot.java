package io.carousel.e2e.external;

import io.carousel.events.openssh.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A root CA as somebody keeps it with openssl, offline. */
final class OpensslRoot {
  private final Path folder;

  OpensslRoot(Path folder) throws IOException {
    this.folder = Files.createDirectory(folder);
    Files.writeString(folder.resolve("index.txt"), "");
    Files.writeString(folder.resolve("crlnumber"), "01\n");
    Files.writeString(
        folder.resolve("ca.cnf"),
        """
        [ca]
        default_ca = root
        [root]
        database = %1$s/index.txt
        crlnumber = %1$s/crlnumber
        certificate = %1$s/root.pem
        private_key = %1$s/root.key
        default_md = sha256
        default_crl_days = 30
        """
            .formatted(folder));
    run(
        "req -x509 -newkey rsa:2048 -nodes -days 60 -keyout root.key -out root.pem"
            + " -addext keyUsage=critical,keyCertSign,cRLSign",
        "-subj",
        "/CN=Elsewhere Root");
  }

  Path certificate() {
    return folder.resolve("root.pem");
  }

  /** Signs a request as it stands. */
  Path sign(Path request) {
    Path certificate = folder.resolve(request.getFileName() + ".pem");
    run(
        "x509 -req -CA root.pem -CAkey root.key -copy_extensions copyall -days 30",
        "-in",
        request.toString(),
        "-out",
        certificate.toString());
    return certificate;
  }

  void revoke(Path certificate) {
    run("ca -config ca.cnf -crl_reason superseded -revoke", certificate.toString());
  }

  /** The next CRL. */
  Path crl() {
    run("ca -config ca.cnf -gencrl -out root.crl");
    return folder.resolve("root.crl");
  }

  private void run(String words, String... more) {
    var command = new ArrayList<String>();
    command.add("openssl");
    for (String word : words.split(" ")) {
      boolean file = Files.exists(folder.resolve(word)) || word.startsWith("root.");
      command.add(file ? folder.resolve(word).toString() : word);
    }
    command.addAll(List.of(more));
    Tool.run(command).good();
  }
}
