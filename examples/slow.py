"""Takes its time: many tasks that each sleep. Something to watch, and to kill.

    slow.py [TASKS [SECONDS]]

60 tasks of 2 seconds unless given.
"""

import sys
import time

from pyspark.sql import SparkSession


def main() -> None:
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 2

    def work(number: int) -> int:
        time.sleep(seconds)
        return number

    spark = SparkSession.builder.appName("Slow").getOrCreate()
    print(f"{tasks} tasks of {seconds:g} s each", flush=True)
    done = spark.sparkContext.parallelize(range(tasks), tasks).map(work).count()
    print(f"{done} tasks done")
    spark.stop()


if __name__ == "__main__":
    main()
