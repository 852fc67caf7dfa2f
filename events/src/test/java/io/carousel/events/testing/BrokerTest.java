package io.carousel.events.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class BrokerTest {
  @Test
  void keepsItsIdentityOverARestart() throws Exception {
    try (var broker = Broker.fresh(Map.of())) {
      String before = identity(broker);
      broker.stop();
      broker.start();
      assertThat(identity(broker)).isEqualTo(before);
    }
  }

  private static String identity(Broker broker) throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      return admin.describeCluster().clusterId().get();
    }
  }
}
