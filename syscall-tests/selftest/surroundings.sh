#!/bin/bash
# SPDX-License-Identifier: MIT
# Probes accuse no kernel of what whoever started them took from them: a container, a unit file, a shell's limits.
set -u
B=${B:-build}
P=$B/guest/probes
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
limited() { # limited LIMIT COMMAND...
	(ulimit $1 && shift && "$@")
}
verdict_is() { # verdict_is PATTERN COMMAND...: of the one probe that it runs
	local said
	said=$("${@:2}" 2>&1 </dev/null)
	grep -qE "^$1" <<<"$said" || { sed 's/^/# /' <<<"$said" && return 1; }
}

echo "1..4"
ok "new privileges given up before" \
	verdict_is 'ok 1 prctl_seccomp_refused' setpriv --no-new-privs "$P" --run prctl_seccomp_refused
ok "an address space that was limited" verdict_is 'ok 1 prlimit_as # time=' limited "-v 400000" "$P" --run prlimit_as
ok "... to less than the question needs" verdict_is 'ok 1 prlimit_as # SKIP' limited "-v 100000" "$P" --run prlimit_as
ok "a stack that was limited" \
	verdict_is 'ok 1 sigaltstack_overflow # time=' limited "-s 4096" "$P" --run sigaltstack_overflow
