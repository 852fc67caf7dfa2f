package io.carousel.orchestrator.log;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which Kafka, and how to reach it.
 *
 * @param bootstrap host and port of some brokers, comma-separated
 * @param client further settings of every Kafka client, as for TLS; of those that this program sets
 *     itself, only the timeouts of producers and the time after which an owner that hangs gives way
 *     ({@code max.poll.interval.ms}) can be set otherwise
 * @param prefix put before the name of every topic, group and transaction, so that several houses
 *     share one cluster; empty for none. Records are signed without it
 * @param replication copies of each partition that topics are created with
 * @param patience how long to wait for a broker before saying that there is none
 */
public record Cluster(
    String bootstrap,
    Map<String, String> client,
    String prefix,
    short replication,
    Duration patience) {
  /** Copies. */
  public Cluster {
    client = Map.copyOf(client);
  }

  /** One broker on this machine, without copies. */
  public static Cluster local(String bootstrap) {
    return new Cluster(bootstrap, Map.of(), "", (short) 1, Duration.ofSeconds(15));
  }

  /** Under that prefix. */
  public Cluster under(String name) {
    return new Cluster(bootstrap, client, name, replication, patience);
  }

  /** How the cluster calls that topic or group. */
  String named(String name) {
    return prefix + name;
  }

  /** Settings that every client has. */
  Map<String, Object> settings() {
    var all = new TreeMap<String, Object>(client);
    all.put("bootstrap.servers", bootstrap);
    return all;
  }
}
