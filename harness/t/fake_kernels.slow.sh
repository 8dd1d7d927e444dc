#!/bin/bash
# SPDX-License-Identifier: MIT
# Kernels that misbehave on purpose, on a real QEMU: each end gets its own verdict and cause, in time: crash text, reset
# and power-off at once, silence at its limit and five seconds.
set -u
. "$(dirname "$0")/tap.inc"
F=$B/guest/fake
limit=2
plan 38

boot() { # boot NAME: verdict on standard error, milliseconds in $ms
	local begin=$EPOCHREALTIME
	run "$H" boot --boot-limit $limit --run-dir "$T/$1" --kernel "$F/$1.elf"
	ms=$(((${EPOCHREALTIME/./} - ${begin/./}) / 1000))
}
expect() { # expect NAME STATUS LIMIT_MS PATTERN
	boot "$1"
	ok "$1: status $2, says $4" both "$2" "$4"
	ok "$1: within $3 ms (took $ms)" test "$ms" -le "$3"
}
silence=$((limit * 1000 + 5000))
report() { # report NAME: the run folder's
	run "$H" report "$T/$1"
	[ "$status" = 0 ] && ! out_has interrupted
}

expect panic 1 2000 'crash: panic: .*unwrap.* in src/mm/fake\.rs'
ok "panic: the run folder is one of a run that ended" report panic
ok "panic: how to see it again" out_has "again +harness boot --kernel $F/panic.elf"
run "$H" exec --boot-limit $limit --run-dir "$T/exec" --kernel "$F/panic.elf" "$B/guest/agent" a 'b c'
ok "exec of a program there: the same" eval "report exec && out_has \"again +harness exec .*/agent a 'b c'\$\""
expect linuxpanic 1 2500 'crash: .*'
expect cutpanic 1 $silence 'crash: '
expect reset 1 2000 'crash: silent reset'
expect poweroff 3 2000 'switched itself off'
expect spin 1 $silence 'crash: kernel spins in fake_spin'
expect halt 1 $silence 'crash: lost wakeup'
expect silence 1 $silence 'crash: lost wakeup'
expect storm 1 $silence 'crash: log storm'
expect flood 1 $silence 'crash: '

# The same after the agent's hello: the probe in flight, or the one that never began, gets it.
ask() { # ask NAME LIMIT_MS PATTERN
	local begin=$EPOCHREALTIME
	run "$H" probe --no-reference --no-snapshot --retries=0 --pace 100 --run-dir "$T/$1" --kernel "$F/$1.elf" eventfd_counter
	ms=$(((${EPOCHREALTIME/./} - ${begin/./}) / 1000))
	ok "$1: the kernel is blamed: $3" out_has "$3"
	ok "$1: within $2 ms (took $ms)" test "$ms" -le "$2"
}
between=$((10000 + 5000)) # the runner's first line is waited for ten seconds
ask hellopanic 9000 'panic: .*unwrap'
ask hellospin $((3 * between)) 'kernel spins'
ask hellohalt $((3 * between)) 'lost wakeup'
ask hellostorm $((3 * between)) 'log storm'
ask garbage $((3 * between)) 'lost wakeup'

# QEMU killed from outside says nothing of the kernel.
"$H" boot --boot-limit 30 --run-dir "$T/gone" --kernel "$F/halt.elf" >"$T/out" 2>"$T/err" </dev/null &
pid=$!
until [ -s "$T/gone/cells/1/boot1/console.log" ] || ! kill -0 "$pid" 2>/dev/null; do read -r -t 0.05 <> <(:); done
begin=$SECONDS
kill -KILL "$(pgrep -P "$pid" qemu)"
wait "$pid"
status=$?
ok "QEMU killed: lost, not a crash of the kernel" both 3 'lost: .*QEMU'
ok "QEMU killed: at once" test $((SECONDS - begin)) -le 3

# Its text says that it is older than who is in flight, and whoever else may have brought it is clear.
run "$H" probe --no-reference --no-snapshot --retries=0 --pace 100 --run-dir "$T/late" --kernel "$F/runlate.elf" \
	accept4_flags eventfd_counter
ok "late text: nobody is accused" status_is 0
ok "late text: but told of" out_has '^  note: a crash that no case brings alone.*BUG: kernel NULL pointer'
ok "late text: when it began is kept" grep -q '^began: 1\.200001 s by the kernel' "$T/late/report.html"
