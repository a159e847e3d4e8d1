"""Estimates pi by throwing darts at a square, in several stages.

    pi.py [MILLIONS]

MILLIONS of darts, 4 unless given. Each quarter of the square is a group of its own, so that there is a shuffle, and
the job has more than one stage to look at.
"""

import random
import sys
from operator import add

from pyspark.sql import SparkSession

PARTITIONS = 8


def throw(seed: int, darts: int) -> list[tuple[int, tuple[int, int]]]:
    """For each quarter of the square from -1 to 1: darts that hit the circle, and darts thrown."""
    dice = random.Random(seed)
    hits = [0] * 4
    thrown = [0] * 4
    for _ in range(darts):
        x, y = dice.uniform(-1, 1), dice.uniform(-1, 1)
        quarter = (x > 0) + 2 * (y > 0)
        thrown[quarter] += 1
        hits[quarter] += x * x + y * y <= 1
    return [(quarter, (hits[quarter], thrown[quarter])) for quarter in range(4)]


def main() -> None:
    millions = float(sys.argv[1]) if len(sys.argv) > 1 else 4
    darts = int(millions * 1_000_000 / PARTITIONS)

    spark = SparkSession.builder.appName("Pi").getOrCreate()
    quarters = (
        spark.sparkContext.parallelize(range(PARTITIONS), PARTITIONS)
        .flatMap(lambda seed: throw(seed, darts))
        .reduceByKey(lambda a, b: (a[0] + b[0], a[1] + b[1]), 4)
        .cache()
    )
    for quarter, (hits, thrown) in sorted(quarters.collect()):
        print(f"quarter {quarter + 1}: {hits:,} of {thrown:,} darts hit", flush=True)
    hits = quarters.map(lambda entry: entry[1][0]).reduce(add)
    thrown = quarters.map(lambda entry: entry[1][1]).reduce(add)
    print(f"pi is about {4 * hits / thrown:.5f}")
    spark.stop()


if __name__ == "__main__":
    main()
