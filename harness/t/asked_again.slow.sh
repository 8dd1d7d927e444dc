#!/bin/bash
# SPDX-License-Identifier: MIT
# What is asked a second time, and that its answer then counts. One kernel file that is another fake kernel at each
# boot: exchanged as soon as the boot before has spoken.
set -u
. "$(dirname "$0")/tap.inc"
F=$B/guest/fake
plan 10

job=
trap '[ -z "$job" ] || kill -KILL "$job" 2>/dev/null; rm -rf "$T"' EXIT
until_true() { # until_true SECONDS COMMAND…
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		read -r -t 0.02 <> <(:)
	done
	return 0
}
# ask NAME 'KERNEL…' CASE…: one kernel a boot; output and status are the current ones afterwards.
ask() {
	local name=$1 boot=0 kernels=$2 k
	shift 2
	for k in $kernels; do
		cp "$F/$k.elf" "$T/next.elf"
		mv "$T/next.elf" "$T/kernel.elf"
		if [ $boot = 0 ]; then
			"$H" probe --no-reference --no-snapshot -j1 --retries=0 --pace 100 --boot-limit 5 --run-dir "$T/$name" \
				--kernel "$T/kernel.elf" "$@" >"$T/out" 2>"$T/err" </dev/null &
			job=$!
		fi
		boot=$((boot + 1))
		until_true 60 test -s "$T/$name/cells/1/boot$boot/console.log" || break
	done
	wait "$job"
	status=$?
	job=
}
boots() { # boots NAME N: there were so many
	[ -d "$T/$1/cells/1/boot$2" ] && [ ! -e "$T/$1/cells/1/boot$(($2 + 1))" ]
}
fact() { # fact NAME QUERY WANT
	[ "$(python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])' "$T/$1/run.db" "$2" 2>"$T/err")" = "$3" ]
}

ask hang runhang eventfd_counter
ok "a case that hung while the guest's clock was right: a timeout" out_has 'timeout +eventfd_counter'
ok "not asked again: that is for --retries" fact hang "select count(*) from event where kind = 'asked-again'" 0
ok "one boot" boots hang 1

ask boot 'halt runpass' eventfd_counter
ok "a first boot that failed stands as such" out_has 'crash +boot '
ok "the case was asked in the second boot and passed" out_has '1 pass, 1 crash'
ok "two boots again" boots boot 2

# Both cases passed before the panic. The last is asked alone and brings another panic; so the first one, which would
# stand otherwise, is asked again as well.
ask title 'laterecovered latetask runpass' bind_path eventfd_counter
ok "another title: the case alone has its crash" out_has 'crash +eventfd_counter'
ok "its title is that of its own boot" out_has 'Divide Error in do_divide_error'
ok "the other case was asked again, in a third boot" boots title 3
ok "and passes there" fact title "select verdict || ' ' || boot from result where name = 'bind_path'" "pass 3"
