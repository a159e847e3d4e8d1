"""Counts the words of a text and prints the most frequent ones.

    word_count.py [TEXT [HOW_MANY]]

TEXT is a file, a folder or a pattern such as "books/*.txt"; the book in data/ beside this file unless given.
"""

import sys
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

BOOK = Path(__file__).resolve().parent / "data" / "alice.txt"


def count_words(lines: DataFrame) -> DataFrame:
    """The words of the column `value`, in lower case, with how often each occurs, most frequent first."""
    word = F.explode(F.split(F.lower("value"), r"[^a-z]+")).alias("word")
    return (
        lines.select(word)
        .where(F.length("word") > 1)
        .groupBy("word")
        .count()
        .orderBy(F.desc("count"), "word")
    )


def print_table(rows: list) -> None:
    width = max([len("word"), *(len(row["word"]) for row in rows)])
    print(f"  {'word':<{width}}  count")
    print(f"  {'-' * width}  -----")
    for row in rows:
        print(f"  {row['word']:<{width}}  {row['count']:>5}")


def main() -> None:
    text = sys.argv[1] if len(sys.argv) > 1 else str(BOOK)
    how_many = int(sys.argv[2]) if len(sys.argv) > 2 else 20

    spark = SparkSession.builder.appName("Word count").getOrCreate()
    # A text of this size needs few partitions; the default of 200 would make most tasks empty.
    spark.conf.set("spark.sql.shuffle.partitions", 4)

    counts = count_words(spark.read.text(text)).cache()
    total = counts.agg(F.sum("count"), F.count("*")).first()
    if total is None or total[0] is None:
        sys.exit(f"There are no words in {text}.")

    print(f"{total[0]:,} words, {total[1]:,} different ones. The {how_many} most frequent:\n")
    print_table(counts.limit(how_many).collect())
    spark.stop()


if __name__ == "__main__":
    main()
