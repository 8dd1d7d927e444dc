#!/bin/bash
# SPDX-License-Identifier: MIT
# Ctrl-C and SIGKILL at several moments of a real run: the partial run folder is valid, and no process, socket or
# temporary file is left.
set -u
. "$(dirname "$0")/tap.inc"
plan 12

children_of_run() { # processes that name this test's folder on their command line, but for this script's own
	pgrep -f -- "$T/run" | grep -vx "$$"
}
wait_for() { # wait_for SECONDS COMMAND…: until it succeeds
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		read -r -t 0.05 <> <(:)
	done
	return 0
}
saw() { grep -q "\"event\":\"$1\"" "$T/out"; }
gone() { [ -z "$(children_of_run)" ]; }
start() { # start NAME: a run in the background, its pid in $pid
	dir=$T/run-$1
	"$H" probe --json --run-dir "$dir" >"$T/out" 2>"$T/err" </dev/null &
	pid=$!
}
tidy() { # nothing but the run's own files
	[ -z "$(find "$dir" -type s)" ] && [ -z "$(find "$dir" -name tmp -o -name 'vl.*')" ]
}
interrupt() { # interrupt NAME EVENT: SIGINT as soon as the event was seen
	start "$1"
	wait_for 60 saw "$2"
	kill -INT "$pid"
	wait "$pid"
	status=$?
	ok "interrupted at $1: status 130" status_is 130
	ok "interrupted at $1: no process left" wait_for 10 gone
	run "$H" report "$dir"
	ok "interrupted at $1: the run folder says so" out_has 'interrupted'
	ok "interrupted at $1: no socket or temporary file" tidy
}

interrupt start cell-start
interrupt results result

start killed
wait_for 60 saw result
kill -KILL "$pid"
wait "$pid" 2>/dev/null
ok "killed with SIGKILL: worker and QEMU are gone with it" wait_for 10 gone
run "$H" report "$dir"
ok "killed with SIGKILL: the run folder can be read" test -s "$T/out"
ok "killed with SIGKILL: and does not claim to be finished" out_has 'interrupted|running|unfinished'
ok "killed with SIGKILL: no socket" test -z "$(find "$dir" -type s)"
