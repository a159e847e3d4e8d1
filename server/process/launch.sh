#!/bin/sh
# usage: launch.sh CLAIM EXIT PROGRAM [ARGUMENT...]
# Runs a program once and leaves its exit code in the file EXIT, whoever is still there to see it.
#
# CLAIM is created exclusively and holds this process's id, which is also that of its process group. Whoever creates it
# first owns the launch: a backend that comes back and can't tell whether the program was started creates it itself,
# and this script then runs nothing.
# EXIT exists already, filled with blanks, and is overwritten in place: that needs no free space on the disk.
claim=$1 exit_file=$2
shift 2
set -C
{ echo "$$" >"$claim"; } 2>/dev/null || exit 0
set +C
# A signal to the group is for the program. This shell stays to write down how it ended.
trap : TERM INT HUP QUIT
"$@"
code=$?
printf '%-7s\n' "$code" 1<>"$exit_file"
