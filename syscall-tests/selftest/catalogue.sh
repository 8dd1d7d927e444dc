#!/bin/bash
# SPDX-License-Identifier: MIT
# Every probe says what it promises, where that is promised, what it covers and what may lie; and
# new-probe.sh writes one that builds and fails.
set -u
B=${B:-build}
P=$B/guest/probes
root=$(cd "$(dirname "$0")/../.." && pwd)
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
n=0

ok() { # ok NAME COMMAND...
	local name=$1
	shift
	n=$((n + 1))
	if "$@" >"$T/said" 2>&1; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		sed 's/^/# /' "$T/said"
	fi
}
status() { # status WANTED COMMAND...
	local wanted=$1
	shift
	"$@"
	[ $? = "$wanted" ]
}
all_have() { # all_have FIELD: prints the probes whose field is empty
	awk -v field="$1:" '/^name: /{name=$2} $1==field && NF==1 {print name; bad=1}
		END{exit bad}' "$T/all"
}
fields_each() {
	awk '/^name: /{n++} /^(area|promise|source|covers|needs|limit_ms|calls):/{f++}
		END{exit n==0 || f!=7*n}' "$T/all"
}
by_area() { # an area in one piece, and sorted within
	awk '/^name: /{name=$2} /^area: / && $2!=area {area=$2; bad+=seen[area]++; last=""}
		/^area: /{bad+=name<=last; last=name} END{exit bad}' "$T/all"
}
limits() { # a probe set that waits for long is not run often
	awk '/^limit_ms: / && $2>4000 {bad=1; print} END{exit bad}' "$T/all"
}

lost_updates() { # a mark that two processes read and set is one of the two: mark_add
	! grep -rnE 'mark_set\(.*mark_get\(' "$root/syscall-tests/calls" "$root/syscall-tests/lib" "$root/syscall-tests/selftest" --include='*.[ch]'
}

no_twins() { # a verdict is attributed by name
	! "$P" --list | sort | uniq -d | grep .
}

echo "1..20"
"$P" --describe '*' >"$T/all"
ok "a hundred probes or more" test "$("$P" --list | wc -l)" -ge 100
ok "listed by area and name" by_area
ok "every name is there once" no_twins
ok "every record has every field" fields_each
for field in area promise source covers calls; do
	ok "every probe has: $field" all_have $field
done
ok "no limit above 4 s" limits
ok "no mark is set to a sum of what it was" lost_updates

mkdir -p "$T/tree/scripts" "$T/tree/syscall-tests/calls/file"
cp "$root/scripts/new-probe.sh" "$T/tree/scripts/"
cd "$T/tree" || exit 1
new=scripts/new-probe.sh
ok "new-probe.sh makes one" $new file getpid_twice
ok "... in its area" test -s syscall-tests/calls/file/getpid_twice.c
ok "... which compiles" ${CC:-cc} -std=gnu17 -D_GNU_SOURCE -fsyntax-only -Wall -Wextra -Werror \
	-Wno-unused-parameter -I"$root/syscall-tests" syscall-tests/calls/file/getpid_twice.c
ok "... once" status 2 $new unix getpid_twice
ok "... for a call that exists" status 2 $new file nosuchcall_twice
ok "... or is named" $new file strange_name getppid
ok "... under a plain name" status 2 $new file ../getpid_x
ok "... in a plain area" status 2 $new ../file getpid_thrice
ok "... with its arguments" status 2 $new
