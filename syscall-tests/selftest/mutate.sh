#!/bin/bash
# SPDX-License-Identifier: MIT
# probes --mutate against probes of known sight: what is seen, each lie, whom it strikes, what counts as noticed.
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
		sed 's/^/# /' "$T/out"
	fi
}
run() {
	PROBES_ONCE_FILE=$T/once "$P" "$@" >"$T/out" 2>"$T/err" </dev/null
	status=$?
}
# states NAME: "call/lie state" of its mutants, sorted; state is noticed, survived, setup or void.
states() {
	awk -v p="$1/" '{ i = $1 == "not" ? 4 : 3 } $1 ~ /^(ok|not)$/ && index($i, p) == 1 && $i !~ /\/honest$/ {
		s = $0 ~ /# SKIP setup:/ ? "setup" : $0 ~ /# SKIP void:/ ? "void" : $1 == "ok" ? "noticed" : "survived"
		print substr($i, length(p) + 1), s }' "$T/out" | LC_ALL=C sort
}
are() { # are NAME: its mutants are those on standard input
	diff <(LC_ALL=C sort) <(states "$1") | sed 's/^/# /'
	[ "${PIPESTATUS[0]}" = 0 ]
}
line() { grep -qE -- "$1" "$T/out"; }
in_order() { # a plan, and a result for each begin line, in the order of the plan
	awk '/^# begin /{name=$3; if (open) bad=1; open=1}
		/^(not )?ok /{i=($1=="not")?3:2; if (!open || $(i+1)!=name || $i!=++k) bad=1; open=0}
		/^1\.\./{plan=substr($0,4)} END{exit bad || open || k!=plan}' "$T/out"
}

run --mutate self_mut_looks
if line 'cannot (trace|install)'; then
	echo "1..0 # SKIP no tracing or no filters here"
	exit 0
fi
echo "1..24"

ok "all noticed: status 0" test "$status" = 0
ok "one result a lie, in order" in_order
ok "each lie that makes sense, and none about the library's calls" are self_mut_looks <<-EOF
	close/enosys noticed
	close/errno noticed
	close/noop noticed
	dup/enosys noticed
	dup/errno noticed
	dup/fd noticed
	dup/noop noticed
	read/enosys noticed
	read/errno noticed
	read/noop noticed
	read/short noticed
	write/enosys noticed
	write/errno noticed
	write/noop noticed
	write/short noticed
EOF
ok "a call that failed fails with another error" line 'close/errno # .*close\(-1\): expected EBADF, saw EXDEV$'
ok "one that failed succeeds, without effect" line 'close/noop # .*expected EBADF, saw success \(0\)$'
ok "success without effect tells what the truth told" line 'write/noop # .*read\(fds\[0\], buf, 3\): expected 3, saw that it blocked$'
ok "a short count is one less, and all was done" line 'write/short # .*: expected 3, saw 2$'

run --mutate self_mut_away
ok "a survivor: status 1" test "$status" = 1
ok "who looks away notices none" are self_mut_away <<-EOF
	close/enosys survived
	close/errno survived
	close/noop survived
	dup/enosys survived
	dup/errno survived
	dup/fd survived
	dup/noop survived
	pipe/enosys survived
	pipe/errno survived
	pipe/fd survived
	pipe/noop survived
	poll/enosys survived
	poll/errno survived
	poll/noop survived
	poll/short survived
	read/enosys survived
	read/errno survived
	read/noop survived
	read/short survived
EOF

run --mutate self_mut_setup
ok "broken: right for another call, not for its own" are self_mut_setup <<-EOF
	getpgid/enosys setup
	getpgid/errno setup
	getpgid/noop survived
	lseek:SEEK_SET/enosys survived
	lseek:SEEK_SET/errno survived
	lseek:SEEK_SET/noop survived
EOF
ok "and that is told" line '^not ok .*lseek:SEEK_SET/enosys # .*the probe calls itself broken: '

run --mutate self_mut_helper
ok "a helper of the probe is lied to" line '^ok .*write/enosys # .*write\(late\[1\], &c, 1\): expected 1, saw ENOSYS$'
ok "one of its set-up is not" bash -c '! grep -q "early\[1\]" "$1"' _ "$T/out"
run --mutate self_mut_stop
ok "stops reach the parent of who is traced" line '^ok 1 self_mut_stop/honest # time='
run --mutate self_mut_eintr
ok "EINTR is a failure that was seen" line 'pause/errno # .*pause\(\): expected EINTR, saw EXDEV$'
run --mutate self_mut_aims
ok "a signal to everybody is not sent" line 'getpgid/enosys # .*expected success, saw ESRCH$'
run --mutate self_mut_once
ok "a call that is not made again has no weight" are self_mut_once <<-EOF
	close/enosys noticed
	close/errno noticed
	close/noop noticed
	dup2/enosys void
	dup2/errno void
	dup2/fd void
	dup2/noop void
EOF
run --mutate self_mut_older
ok "a library finds no older call either" line '^ok .*epoll_pwait/enosys # .*expected 0, saw ENOSYS$'
SECONDS=0
run --mutate --scale 0.5 self_mut_hang
ok "a mutant that hangs is noticed" line '^ok .*write/noop # .*the time limit passed$'
ok "long before the probe's own limit" test "$SECONDS" -lt 25

run --mutate self_fail self_skip
ok "a probe that fails honestly is not lied to" line '^not ok 1 self_fail/honest # BROKEN under the tracer: '
ok "one that skips neither" line '^ok 2 self_skip/honest # SKIP needs impossible'
ok "status 3" test "$status" = 3
run --exempt
ok "what is left alone is told with the reason" line '^mmap: the library'
