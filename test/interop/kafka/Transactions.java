// Writes transactions with Kafka's own client: of each codec one that is committed and two that are aborted, side by
// side in the same partitions, and at the end one that is aborted. `java -cp JARS/* Transactions.java BROKERS TOPIC`
// prints the ids of the committed records, in their order, a partition a line.
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class Transactions {
  static final String[] CODECS = {"none", "gzip", "snappy", "lz4", "zstd"};
  static final int PARTITIONS = 2;
  static final int ROUNDS = 3;

  public static void main(String[] args) throws Exception {
    List<List<String>> kept = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) kept.add(new ArrayList<>());
    for (String codec : CODECS) {
      try (var good = producer(args[0], codec, args[1] + "-good");
          var bad = producer(args[0], codec, args[1] + "-bad");
          var worse = producer(args[0], codec, args[1] + "-worse")) {
        for (var one : List.of(good, bad, worse)) one.beginTransaction();
        for (int round = 0; round < ROUNDS; round++) {
          for (int partition = 0; partition < PARTITIONS; partition++) {
            String id = codec + "-" + round + "-" + partition;
            write(bad, args[1], partition, "aborted-" + id);
            write(worse, args[1], partition, "aborted-too-" + id);
            write(good, args[1], partition, id);
            kept.get(partition).add(id);
          }
        }
        // Which of them is over first is different from codec to codec.
        if (codec.length() % 2 == 0) good.commitTransaction();
        worse.abortTransaction();
        bad.abortTransaction();
        if (codec.length() % 2 != 0) good.commitTransaction();
      }
    }
    try (var last = producer(args[0], "lz4", args[1] + "-last")) {
      last.beginTransaction();
      for (int partition = 0; partition < PARTITIONS; partition++) write(last, args[1], partition, "aborted-last");
      last.abortTransaction();
    }
    for (List<String> ids : kept) System.out.println(String.join(" ", ids));
  }

  static KafkaProducer<String, String> producer(String brokers, String codec, String id) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("compression.type", codec);
    settings.put("transactional.id", id);
    var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    producer.initTransactions();
    return producer;
  }

  /** Each record is a batch of its own, so that those of two transactions stand between each other. */
  static void write(KafkaProducer<String, String> producer, String topic, int partition, String id) throws Exception {
    String value = "{\"id\":\"" + id + "\",\"a\":\"tok_value\",\"filler\":\"" + "0123456789".repeat(20) + "\"}";
    producer.send(new ProducerRecord<>(topic, partition, "tok_key", value)).get();
  }
}
