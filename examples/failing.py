"""Fails on an executor: one of the readings isn't a number. Look at the Problems panel for the line.

    failing.py
"""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType

READINGS = ["12.5", "13.1", "n/a", "12.9"]


def to_celsius(reading: str) -> float:
    fahrenheit = float(reading)
    return (fahrenheit - 32) / 1.8


def main() -> None:
    spark = SparkSession.builder.appName("Failing").getOrCreate()
    readings = spark.createDataFrame([(reading,) for reading in READINGS], ["reading"])
    celsius = F.udf(to_celsius, DoubleType(), useArrow=False)
    readings.select(celsius("reading").alias("celsius")).show()
    spark.stop()


if __name__ == "__main__":
    main()
