#!/bin/bash
# SPDX-License-Identifier: MIT
# Each row of the hang table on a real QEMU: fake kernels that fall silent in every way there is, and the reference
# guest to which something is done from outside. docs/en/VERDICTS.md names the rows; fake_kernels.slow.sh has the
# ones that need no agent.
set -u
. "$(dirname "$0")/tap.inc"
F=$B/guest/fake
plan 33

declare -A job=()
others=()
end_all() {
	kill -KILL "${job[@]}" "${others[@]}" 2>/dev/null
	rm -rf "$T"
}
trap end_all EXIT
pause() { read -r -t "$1" <> <(:); }
until_true() { # until_true SECONDS COMMAND…
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		pause 0.02
	done
	return 0
}
# Both in the background; finish NAME waits: its output and status become the current ones.
start() { # start NAME KERNEL [OPTION…]: a probe on a fake kernel
	local name=$1 kernel=$2
	shift 2
	"$H" probe --no-reference --no-snapshot --retries=0 --pace 100 --run-dir "$T/$name" --kernel "$F/$kernel.elf" "$@" \
		eventfd_counter >"$T/$name.out" 2>"$T/$name.err" </dev/null &
	job[$name]=$!
}
boot() { # boot NAME LIMIT [OPTION…]: the reference guest
	local name=$1 limit=$2
	shift 2
	"$H" boot --boot-limit "$limit" --run-dir "$T/$name" "$@" >"$T/$name.out" 2>"$T/$name.err" </dev/null &
	job[$name]=$!
}
finish() {
	wait "${job[$1]}"
	status=$?
	cp "$T/$1.out" "$T/out"
	cp "$T/$1.err" "$T/err"
}
says() { # says NAME STATUS CAUSE
	finish "$1"
	ok "$1: status $2" status_is "$2"
	ok "$1: $3" out_has "$3"
}

# Two at a time: most of them are idle.
start hang runhang
start spin runspin
says hang 1 'timeout .*|the test hung: its limit passed and the agent answers'
says spin 1 'kernel spins in fake_spin'
start slow helloslow
start beats hellobeats
says slow 1 "the guest's clock is slow"
says beats 3 'heartbeats arrive, questions get no answer'
start noise hellonoise
says noise 3 'bytes come but no frame'
# Alone: it has to be seen halted between two words.
start talks hellotalks
says talks 3 'the console talks, nothing answers'
start wander hellowander
start pvpanic hellopvpanic --profile modern
says wander 3 'silence: no answer'
says pvpanic 1 'the guest told QEMU of a panic'

# What is done to QEMU from outside.
# qemu_of NAME: its pid in $qemu, once the guest has spoken. Its run's folder stands in its environment.
qemu_of() {
	local p
	qemu=
	until_true 60 test -s "$T/$1/cells/1/boot1/console.log" || return 1
	for p in $(pgrep -x qemu-system-x86); do
		tr '\0' '\n' <"/proc/$p/environ" 2>/dev/null | grep -qF "TMPDIR=$T/$1/" && qemu=$p
	done
	[ -n "$qemu" ]
}
tells() { # tells NAME STATUS CAUSE: as says, of `harness boot`
	finish "$1"
	ok "$1: status $2" status_is "$2"
	ok "$1: $3" err_has "$3"
}

boot stopped 6
ok "stopped: the reference guest boots" qemu_of stopped
kill -STOP "$qemu"
tells stopped 3 'host starved: QEMU is stopped'

boot killed 60
ok "killed: the reference guest boots" qemu_of killed
kill -KILL "$qemu"
tells killed 3 'lost: QEMU ended: killed by signal 9'

boot cut 12
ok "cut: the reference guest boots" qemu_of cut
"$B/fake/channel_cutter" "$qemu"
cut=$?
if [ $cut = 77 ]; then
	finish cut
	skip "cut: status 3" "this host lends no descriptors"
	skip "cut: channel broken" "this host lends no descriptors"
else
	tells cut 3 'channel broken: QEMU closed its end'
fi

# Stopped nine tenths of the time: QEMU lives, its guest answers now and then, and no limit means anything.
# With so long a limit that the time before it was stopped first is no matter. It is looked at once a second: stops
# that come about as often could be missed each time.
start duty runhang --pace 400
ok "duty: the fake guest boots" qemu_of duty
(
	end=$((SECONDS + 120))
	while [ -d "/proc/$qemu" ] && [ $SECONDS -lt $end ]; do
		kill -STOP "$qemu" 2>/dev/null
		pause 0.36
		kill -CONT "$qemu" 2>/dev/null
		pause 0.02
	done
) 2>/dev/null &
duty=$!
others+=($duty)
says duty 3 'host starved'
kill "$duty" 2>/dev/null

# Burners pinned beside the reference guest, which has the lowest priority there. Linux would take its timer for
# broken and panic, which is another verdict.
boot starved 14 --append no_timer_check
ok "starved: the reference guest boots" qemu_of starved
burners=()
for _ in 1 2 3; do
	taskset -c 0 bash -c 'end=$((SECONDS + 60)); while [ $SECONDS -lt $end ]; do :; done' &
	burners+=($!)
done
others+=("${burners[@]}")
taskset -apc 0 "$qemu" >/dev/null
for t in "/proc/$qemu/task"/*; do renice -n 19 -p "${t##*/}" >/dev/null 2>&1; done
tells starved 3 'host starved'
for p in "${burners[@]}"; do kill "$p" 2>/dev/null; done

# A panic that the kernel tells of itself.
cat >"$T/sysrq.yaml" <<'YAML'
name: sysrq
title: A panic on purpose
lanes: [static]
steps:
  - name: panic
    exec:
      argv: [/bin/sh, -c, "echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger"]
YAML
run "$H" run "$T/sysrq.yaml" --lane=static --run-dir "$T/sysrq"
ok "sysrq crash: status 1" status_is 1
ok "sysrq crash: told by its text" out_has 'crash .*panic|kernel panic: sysrq triggered crash'
wait
