// A real OpenSearch node without its distribution: the jars of Maven Central, one plugin for HTTP, one folder for data.
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;

public final class Server extends Node {
  private Server(Settings settings) {
    super(
        InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), Path.of("config"), () -> "stand"),
        List.of(Netty4Plugin.class),
        false);
  }

  public static void main(String[] args) throws Exception {
    Settings settings = Settings.builder()
        .put("path.home", args[0]).put("http.port", args[1]).put("transport.port", args[2])
        .put("network.host", "127.0.0.1").put("discovery.type", "single-node").put("cluster.name", "proof")
        .put("http.type", "netty4").put("transport.type", "netty4")
        .put("cluster.routing.allocation.disk.threshold_enabled", false)
        .build();
    new Server(settings).start();
    System.out.println("started");
    Thread.currentThread().join();
  }
}
