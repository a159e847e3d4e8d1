#!/bin/sh
# usage: launch.sh CLAIM EXIT PROGRAM [ARGUMENT...]
# Runs a program once and leaves its exit code in the file EXIT, whoever is still there to see it.
#
# CLAIM is made as a symbolic link whose text is this process's id, which is also that of its process group: a link is
# there whole or not at all. Whoever makes it first owns the launch. A backend that comes back and can't tell whether the
# program was started makes it itself, and this script then runs nothing.
# Its error output comes as file descriptor 3, so that what sets it up can't write there (see adoptOrphans.ts).
# EXIT exists already, filled with blanks, and is overwritten in place: on most file systems that needs no free space.
exec 2>&3 3>&-
claim=$1 exit_file=$2
shift 2
if ! ln -s -n "$$" "$claim" 2>/dev/null; then
  [ -h "$claim" ] && exit 0
  echo "sparkdeck: could not be started: $claim can't be made (is the disk full?)" >&2
  printf '%-7s\n' 126 1<>"$exit_file"
  exit 126
fi
# A signal to the group is for the program. This shell stays to write down how it ended.
trap : TERM INT HUP QUIT
"$@"
code=$?
printf '%-7s\n' "$code" 1<>"$exit_file"
# What the program left behind has become a child of this shell, which stays for as long: by that it is found and ended.
children=/proc/$$/task/$$/children
while left= && read -r left <"$children"; [ -n "$left" ]; do sleep 0.2; done 2>/dev/null
