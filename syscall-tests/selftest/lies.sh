#!/bin/bash
# SPDX-License-Identifier: MIT
# Mutation: every probe must fail when its main call answers ENOSYS, succeeds without effect, or
# gives a wrong error. One that still passes, or calls itself broken, proves nothing.
#
# usage: lies.sh [PATTERN...]
set -u
B=${B:-build}
P=$B/guest/probes
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
LIES="enosys noop errno"
SIDE_BY_SIDE=8

mapfile -t names < <("$P" --list "$@")
if [ ${#names[@]} = 0 ]; then
	echo "1..0 # SKIP no probe matches"
	exit 0
fi
if "$P" --run --lie enosys "${names[0]}" | grep -q 'BROKEN cannot install the lie'; then
	echo "1..0 # SKIP no seccomp filters here"
	exit 0
fi

# Half a time limit: those that wait for what will never come need not wait for long.
for lie in $LIES; do
	for name in "${names[@]}"; do
		echo "$lie $name"
	done
done | P=$P T=$T xargs -P "$SIDE_BY_SIDE" -L 1 bash -c \
	'"$P" --run --scale 0.5 --lie "$0" "$1" >"$T/$0.$1" 2>&1 </dev/null'

echo "1..$((3 * ${#names[@]}))"
n=0
bad=0
for name in "${names[@]}"; do
	for lie in $LIES; do
		n=$((n + 1))
		verdict=$(grep -E '^(not )?ok ' "$T/$lie.$name")
		case $verdict in
		"not ok"*"# BROKEN"*) state="not ok" ;;
		"not ok"*"# TIMEOUT"*) state="ok" ;;
		"not ok"*) state="ok" ;;
		"ok"*"# SKIP"*) echo "ok $n - $name $lie # SKIP ${verdict#*# SKIP }" && continue ;;
		*) state="not ok" ;;
		esac
		echo "$state $n - $name fails under $lie"
		if [ "$state" = "not ok" ]; then
			bad=1
			sed 's/^/# /' "$T/$lie.$name"
		fi
	done
done
exit $bad
