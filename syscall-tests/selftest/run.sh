#!/bin/bash
# SPDX-License-Identifier: MIT
# The probe runner against probes of known outcome: each verdict, each limit, each lie, the usage.
set -u
B=${B:-build}
P=$B/guest/probes-selftest
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
n=0

ok() { # ok NAME COMMAND...: passes when the command does
	local name=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
	fi
}
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
run() { # run ARGS...: output in $T/out, status in $status
	PROBES_STRAY_FILE=$T/stray "$P" "$@" >"$T/out" 2>"$T/err" </dev/null
	status=$?
}
line() { grep -qE -- "$1" "$T/out"; }
verdicts() { # one verdict for each begun probe, numbers in order
	awk '/^# begin /{name=$3; if (open) bad=1; open=1}
		/^(not )?ok /{i=($1=="not")?3:2; if (!open || $(i+1)!=name || $i!=++k) bad=1; open=0}
		/^1\.\./{plan=substr($0,4)} END{exit bad || open || k!=plan}' "$T/out"
}

echo "1..59"

run --run
ok "failures give status 1" test "$status" = 1
ok "first line is the KTAP version" test "$(head -n 1 "$T/out")" = "KTAP version 1"
ok "each begun probe has its verdict, in the order of the plan" verdicts
ok "passing" line '^ok [0-9]+ self_pass # time=[0-9]+$'
ok "numbers have names" line "^ok [0-9]+ self_names "
ok "what several processes add to a mark is all there" line "^ok [0-9]+ self_marks # "
ok "standard input is the probe's own" line "^ok [0-9]+ self_stdin "
ok "failing, with the first reason" line '^not ok [0-9]+ self_fail # time=[0-9]+ close\(-1\): expected 0, saw EBADF$'
ok "every expectation leaves its line" test "$(grep -c '^# self_fail: self_fail.c:' "$T/out")" = 12
ok "a recovered kernel panic is named" line '^# self_fail: .*saw errno 4095 \(kernel panic recovered\)$'
ok "text of two lines stays one" line '^# self_fail: self_fail.c:[0-9]+: told in words and two lines$'
ok "words tell the errno of the condition" line '^# self_fail: self_fail.c:[0-9]+: closing nothing: EBADF$'
ok "skipping for a missing need" line '^ok [0-9]+ self_skip # SKIP needs impossible: '
ok "skipping from within" line '^ok [0-9]+ self_skip_run # SKIP moot since 42$'
ok "broken set-up" line '^not ok [0-9]+ self_broken # BROKEN close\(-1\): expected success, saw EBADF$'
ok "death in set-up is broken" line '^not ok [0-9]+ self_broken_crash # BROKEN died with SIGSEGV in set-up$'
ok "death is a failure, and guard pages guard" line '^not ok [0-9]+ self_crash # time=[0-9]+ died with SIGSEGV$'
ok "exit without a verdict is a failure" line '^not ok [0-9]+ self_exit # time=[0-9]+ exited with 0 without'
ok "a hang meets its limit" line '^not ok [0-9]+ self_hang # TIMEOUT after 200$'
ok "a hang in set-up says so" line '^# self_hang_setup: the limit passed in set-up$'
ok "a helper's failure is the probe's" line '^not ok [0-9]+ self_helper_fail # time=[0-9]+ 1: expected 2, saw 1$'
ok "a helper that leaves before its end fails the probe, were it with 0" \
	line '^not ok [0-9]+ self_helper_leaves # time=[0-9]+ a process of the probe did not come to its end$'
ok "... told at the place that waited for it, alone" \
	test "$(grep -cE '^# self_helper_leaves: self_helper_leaves\.c:[0-9]+: ' "$T/out")" = 1
ok "a helper that waited in vain leaves the word to the probe" \
	line '^not ok [0-9]+ self_helper_vain # time=[0-9]+ what was asked about did not happen$'
ok "... and is broken when the probe says nothing" \
	line '^not ok [0-9]+ self_vain_broken # BROKEN the other process did not go on$'
ok "a call that blocked is told as such" \
	line '^not ok [0-9]+ self_late_read # time=[0-9]+ read\(fds\[0\], &c, 1\): expected EAGAIN, saw that it blocked$'
ok "a machine that stood still is not held against a probe that waits" line '^ok [0-9]+ self_still # '
ok "... nor for an event" line '^ok [0-9]+ self_still_event # '
ok "... and what the probe said of it then is no failure" \
	line '^not ok [0-9]+ self_still_poll # BROKEN the machine stood still for 1[0-9]{3} ms meanwhile: nothing came$'
ok "a good source of random bytes passes with a step that chance gave it" line '^ok [0-9]+ self_fair_random # '
ok "... and a bad one with four of them does not" \
	line '^not ok [0-9]+ self_series_random # time=[0-9]+ 4 of 8192 8-byte words continue an arithmetic series$'
ok "the limit is announced" line '^# begin self_hang limit=200 at=[0-9]+$'
ok "a stray process was there and is gone" bash -c 'p=$(cat "$1") && ! kill -0 "$p" 2>"$1.err"' _ "$T/stray"
dir=$(sed -n 's/^# self_tmp: folder \(.*\)$/\1/p' "$T/out")
ok "the probe's folder is gone" test -n "$dir" -a ! -e "$dir"

run --run self_pass self_skip
ok "pass and skip give status 0" test "$status" = 0
ok "names choose" test "$(grep -c '^# begin' "$T/out")" = 2
run --run self_pass self_broken
ok "broken alone gives status 3" test "$status" = 3
run --run 'self_b*' self_fail
ok "failed beats broken" test "$status" = 1
run --run self_pass 'nothing*'
ok "a pattern without a match gives status 2" test "$status" = 2
ok "... says which one" grep -q "nothing\*" "$T/err"
ok "... and runs nothing" test ! -s "$T/out"
run --run --scale 0.5 self_hang
ok "the scale scales limits" line '^not ok 1 self_hang # TIMEOUT after 100$'
run --run --scale x
ok "a bad scale gives status 2" test "$status" = 2
pieces() { # pieces ARGS...: what each write(2) of the runner was, in $T/out, "|" behind each
	python3 - "$P" "$@" >"$T/out" <<'END'
import socket, subprocess, sys
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
runner = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=theirs)
theirs.close()
for piece in iter(lambda: ours.recv(65536).decode(), ""):
    print(piece + "|", end="")
runner.wait()
END
}
pieces --run self_names self_pass
ok "a verdict and the next begin are one piece" \
	grep -qzP '[|]ok 1 self_names [^|]*\n# begin self_pass [^|]*\n[|]ok 2 self_pass [^|]*\n[|]$' "$T/out"
pieces --run self_fail self_pass
ok "... with the reasons before it" \
	grep -qzP '[|]# self_fail: [^|]*\nnot ok 1 self_fail [^|]*\n# begin self_pass ' "$T/out"

run --run --lie white
ok "an unknown lie gives status 2" test "$status" = 2
run
ok "no verb gives status 2" test "$status" = 2
run --list 'self_b*'
ok "--list lists" test "$(cat "$T/out")" = "self_broken
self_broken_crash"
run --list 'nothing*'
ok "--list of nothing gives status 2" test "$status" = 2
run --describe self_pass
ok "--describe describes" line '^covers: close getppid$'
ok "... with the area from the folder" line '^area: selftest$'
run --one self_fail
ok "--one runs without a fork" line '^not ok 1 self_fail # '
ok "... with the same status" test "$status" = 1
(trap '' PIPE CHLD; run --run self_pass self_stray; exit $status)
ok "ignored signals are not inherited" test $? = 0

for lie in enosys noop errno; do
	run --run --lie $lie self_lie_match
	if line 'BROKEN cannot install the lie'; then
		skip "lie $lie" "no seccomp here"
	else
		ok "lie $lie strikes its call alone" line '^not ok 1 self_lie_match # time=[0-9]+ fcntl'
	fi
done
run --run --lie noop self_pass
ok "a lie is noticed" line '^not ok 1 self_pass'
run --run --lie noop self_lie_proof
ok "a probe that looks at nothing is told from one that does" line '^ok 1 self_lie_proof'
