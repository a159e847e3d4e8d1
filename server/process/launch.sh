#!/bin/bash
# usage: launch.sh CLAIM EXIT PROGRAM [ARGUMENT...]
# Runs a program once and leaves its exit code in the file EXIT, whoever is still there to see it.
#
# CLAIM is made as a symbolic link whose text is this process's id, which is also that of its process group: a link is
# there whole or not at all. Whoever makes it first owns the launch. A backend that comes back and can't tell whether the
# program was started makes it itself, and this script then runs nothing.
# When the link can't be made (a full disk, no more processes), EXIT says so by the word "unbegun": nothing has run.
# The program's error output comes as file descriptor 3, so that neither what sets this shell up (see adoptOrphans.ts) nor
# what bash says of a program that a signal ended is written there.
# EXIT exists already, filled with blanks, and is overwritten in place: on most file systems that needs no free space.
#
# It is bash, as Spark's own scripts are: dash drops variables from the environment whose names hold dots or dashes. It
# sets no variables before the program runs, since they might be the program's.
trap '[ -h "$1" ] || printf "unbegun\n" 1<>"$2"' EXIT
if ! PATH="$PATH:/usr/bin:/bin" ln -s -n "$$" "$1" 2>/dev/null; then
  [ -h "$1" ] && exit 0
  echo "sparkdeck: could not be started: $1 can't be made (is the disk full?)" >&3
  exit 126
fi
trap - EXIT
# A signal to the group is for the program. This shell stays to write down how it ended.
trap : TERM INT HUP QUIT
# This shell counted itself.
if [ "$SHLVL" = 1 ]; then unset SHLVL; else SHLVL=$((SHLVL - 1)); fi
"${@:3}" 2>&3 3>&-
printf '%-7s\n' "$?" 1<>"$2"
exec 3>&-
# What the program left behind has become a child of this shell, which stays for as long: by that it is found and ended.
while left= && read -r left <"/proc/$$/task/$$/children"; [ -n "$left" ]; do PATH="$PATH:/usr/bin:/bin" sleep 0.2; done 2>/dev/null
