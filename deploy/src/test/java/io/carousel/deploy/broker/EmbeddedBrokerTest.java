package io.carousel.deploy.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
  @TempDir Path folder;

  @Test
  void whatWasWrittenSurvivesAStop() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.on(folder)) {
      broker.start();
      try (Admin admin = admin(broker)) {
        admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get();
      }
    }
    try (EmbeddedBroker again = EmbeddedBroker.on(folder)) {
      again.start();
      try (Admin admin = admin(again)) {
        assertThat(admin.listTopics().names().get()).contains("kept");
      }
    }
  }

  /** Each batch of commands would wait for the disk once more. */
  @Test
  void whatShareGroupsAcknowledgedDoesNotWaitForTheDisk() throws Exception {
    var state = new ConfigResource(ConfigResource.Type.TOPIC, "__share_group_state");
    for (int start = 1; start <= 2; start++) {
      try (EmbeddedBroker broker = EmbeddedBroker.on(folder)) {
        broker.start();
        try (Admin admin = admin(broker)) {
          Config config = admin.describeConfigs(List.of(state)).all().get().get(state);
          assertThat(config.get("flush.messages").value()).isEqualTo("9223372036854775807");
          assertThat(config.get("cleanup.policy").value()).isEqualTo("delete");
        }
      }
    }
  }

  @Test
  void itKeepsItsAddress() throws Exception {
    assertThat(EmbeddedBroker.on(folder).bootstrap())
        .isEqualTo(EmbeddedBroker.on(folder).bootstrap());
  }

  @Test
  void itGivesWayToWhoeverTookItsPort() throws Exception {
    String before = EmbeddedBroker.on(folder).bootstrap();
    int port = Integer.parseInt(before.substring(before.indexOf(':') + 1));
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(EmbeddedBroker.on(folder).bootstrap()).isNotEqualTo(before);
    }
  }

  @Test
  void aFormatThatWasCutShortIsDoneAgain() throws Exception {
    Files.createDirectories(folder.resolve("data.new").resolve("half"));

    assertThat(EmbeddedBroker.on(folder).bootstrap()).startsWith("127.0.0.1:");
    assertThat(folder.resolve("data").resolve("meta.properties")).exists();
    assertThat(folder.resolve("data.new")).doesNotExist();
  }

  private static Admin admin(EmbeddedBroker broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
  }
}
