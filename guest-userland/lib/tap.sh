# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# TAP for shell tests. Sourced. $T is a private folder, gone at the end; call `finish` last.
set -uo pipefail
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
GUEST=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export TOP
TOP=$(dirname "$GUEST")
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
tap_n=0 tap_bad=0

# check TEXT COMMAND...: passes when the command does; else its output is shown.
check() {
	local text=$1

	shift
	tap_n=$((tap_n + 1))
	if "$@" >"$T/.check" 2>&1; then
		echo "ok $tap_n - $text"
	else
		echo "not ok $tap_n - $text"
		echo "# failed: $*"
		tail -n 20 "$T/.check" | sed 's/^/# /'
		tap_bad=$((tap_bad + 1))
	fi
}

# fails STATUS COMMAND...: the command ends with just this status.
fails() {
	local want=$1 got=0

	shift
	"$@" || got=$?
	[ "$got" -eq "$want" ] || {
		echo "status $got, expected $want"
		return 1
	}
}

skip_case() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

finish() {
	echo "1..$tap_n"
	[ "$tap_bad" -eq 0 ]
	exit
}

same() {
	[ "$1" = "$2" ] || {
		printf 'got:      %s\nexpected: %s\n' "$1" "$2"
		return 1
	}
}

# small_disk FILE MIB DIR [OPTION...]: a disk laid out as image.sh lays it out, with DIR's files; options of mke2fs.
small_disk() {
	truncate -s "$(($2 - 1))M" "$T/part.img"
	mke2fs -q -F -t ext4 -b 4096 -I 256 "${@:4}" -d "$3" "$T/part.img"
	truncate -s "$2M" "$1"
	printf 'label: dos\nstart=2048, type=83\n' | sfdisk -q "$1"
	dd if="$T/part.img" of="$1" bs=1M seek=1 conv=notrunc,sparse status=none
}
