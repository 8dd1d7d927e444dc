#!/bin/bash
# SPDX-License-Identifier: MIT
# Probes accuse no kernel of what whoever started them took from them: a container, a unit file, a shell's limits.
. "$(dirname "$0")/../../guest-userland/lib/tap.sh"
P=${B:-build}/guest/probes

limited() { # limited LIMIT COMMAND...
	(ulimit $1 && shift && "$@")
}
verdict_is() { # verdict_is PATTERN COMMAND...: of the one probe that it runs
	local said
	said=$("${@:2}" 2>&1 </dev/null)
	grep -qE "^$1" <<<"$said" || { echo "$said" && return 1; }
}

check "new privileges given up before" \
	verdict_is 'ok 1 prctl_seccomp_refused' setpriv --no-new-privs "$P" --run prctl_seccomp_refused
check "an address space that was limited" verdict_is 'ok 1 prlimit_as # time=' limited "-v 400000" "$P" --run prlimit_as
check "... to less than the question needs" verdict_is 'ok 1 prlimit_as # SKIP' limited "-v 100000" "$P" --run prlimit_as
check "a stack that was limited" \
	verdict_is 'ok 1 sigaltstack_overflow # time=' limited "-s 4096" "$P" --run sigaltstack_overflow
# A container's root lacks most of them.
for without in ipc_lock:mlock_limit sys_nice:setpriority_nice sys_tty_config:vhangup_current; do
	case="a root without cap_${without%:*}"
	if [ "$(id -u)" = 0 ] && setpriv --bounding-set="-${without%:*}" true 2>/dev/null; then
		check "$case" verdict_is "ok 1 ${without#*:} # SKIP needs cap_${without%:*}" \
			setpriv --bounding-set="-${without%:*}" "$P" --run "${without#*:}"
	else
		skip_case "$case" "not root"
	fi
done
full_tmp() { # full_tmp COMMAND...: with a /tmp that takes nothing more; what lies below the old one is still there from within
	cd "$(dirname "$P")" && unshare -rm sh -c 'mount -t tmpfs -o nr_inodes=1 none /tmp && exec "$@"' - "$@"
}
case="a full folder for temporary files"
if (full_tmp true) 2>/dev/null; then
	check "$case" verdict_is 'not ok 1 open_flags # BROKEN cannot make the folder [^ ]*: ENOSPC' \
		full_tmp ./probes --run open_flags
else
	skip_case "$case" "no mount namespaces here"
fi
finish
