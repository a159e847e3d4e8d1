#!/bin/sh
# Stands in for java while one of Spark's scripts makes its command line: lets Spark's launcher run, and instead of the
# program that the script would run in the end prints its arguments and environment, each ended by a zero byte.
for each; do
  [ "$each" = org.apache.spark.launcher.Main ] && exec "$SPARKDECK_REAL_JAVA" "$@"
done
printf 'learned\0'
printf '%s\0' "$@"
printf '\0'
exec env -0
