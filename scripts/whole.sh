#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: whole.sh COMMAND… -o FILE …
#
# Runs a compiler or linker so that FILE is there whole or not at all: it is written beside, and
# takes its name when it is done. Make would take the half of one, left by a build that was killed,
# for made. What -MMD writes is about FILE.
set -u
out= before= deps=
for arg do
	shift
	case $before in
	-o)
		out=$arg
		set -- "$@" "$arg.part"
		;;
	*) set -- "$@" "$arg" ;;
	esac
	[ "$arg" != -MMD ] || deps=yes
	before=$arg
done
[ -n "$out" ] || { echo "whole.sh: no -o FILE in: $*" >&2; exit 2; }
[ -z "$deps" ] || set -- "$@" -MF "${out%.o}.d" -MT "$out"
"$@" && mv -f "$out.part" "$out"
status=$?
[ "$status" = 0 ] || rm -f "$out.part"
exit "$status"
