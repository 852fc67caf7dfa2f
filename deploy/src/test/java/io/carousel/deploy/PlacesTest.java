package io.carousel.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.deploy.node.Node;
import io.carousel.deploy.node.NodeTrouble;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
  @Test
  void theModuleIsNamedByTheEnvironment() throws Exception {
    assertThat(new Places(Map.of("CAROUSEL_SOFTHSM", "/lib/hsm.so")).module())
        .isEqualTo(Path.of("/lib/hsm.so"));
  }

  @Test
  void withoutOneItSaysWhatToDo() {
    assertThatThrownBy(() -> new Places(Map.of()).module())
        .isInstanceOf(NodeTrouble.class)
        .hasMessageContaining("./carousel")
        .hasMessageContaining("CAROUSEL_SOFTHSM");
  }

  @Test
  void aModuleThatIsNotThereStopsTheNodeBeforeItBegins(@TempDir Path folder) {
    Path data = folder.resolve("data");
    var settings = new Node.Settings(data, folder.resolve("no.so"), List.of(), 0, _ -> {});

    assertThatThrownBy(() -> Node.start(settings))
        .isInstanceOf(NodeTrouble.class)
        .hasMessageContaining("no PKCS#11 module at " + folder.resolve("no.so"));
    assertThat(data).doesNotExist();
  }
}
