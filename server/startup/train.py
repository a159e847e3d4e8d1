"""What a small batch does: run once, so that the classes which it needs are known. See trainClasses.ts."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

spark = SparkSession.builder.appName("train").getOrCreate()
print(spark.range(1000).selectExpr("sum(id)").collect())
words = spark.createDataFrame([("the quick brown fox",), ("the lazy dog",)], ["line"])
words = words.select(f.explode(f.split("line", " ")).alias("word")).groupBy("word").count()
words.orderBy(f.desc("count")).show()
words.join(spark.range(3), f.col("count") == f.col("id"), "left").write.mode("overwrite").format("noop").save()
text = spark.read.text(__file__)
print(text.filter(text.value.contains("spark")).count())
print(spark.sparkContext.parallelize(range(100), 2).map(lambda x: (x % 3, x)).reduceByKey(lambda a, b: a + b).collect())
spark.stop()
