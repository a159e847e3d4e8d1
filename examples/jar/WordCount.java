import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.split;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Counts the words of a text and prints the most frequent ones: {@code WordCount TEXT [HOW_MANY]}. */
public final class WordCount {
  private WordCount() {}

  public static void main(String[] args) {
    if (args.length < 1) {
      throw new IllegalArgumentException("Name a text: a file, a folder or a pattern such as books/*.txt");
    }
    int howMany = args.length > 1 ? Integer.parseInt(args[1]) : 20;

    SparkSession spark = SparkSession.builder().appName("Word count (jar)").getOrCreate();
    spark.conf().set("spark.sql.shuffle.partitions", "4");

    Dataset<Row> counts =
        spark
            .read()
            .text(args[0])
            .select(explode(split(lower(col("value")), "[^a-z]+")).as("word"))
            .where(length(col("word")).gt(1))
            .groupBy("word")
            .count()
            .orderBy(desc("count"), col("word"));

    for (Row row : counts.takeAsList(howMany)) {
      System.out.printf("  %-12s  %5d%n", row.getString(0), row.getLong(1));
    }
    spark.stop();
  }
}
