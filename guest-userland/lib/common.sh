# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Shared by the scripts that make what boots. Sourced, never run.
#
# Environment: CACHE, an absolute folder that checkouts may share. Everything is made in a private
# folder beside its destination and renamed into place, so that a reader never sees half a file.
# Exit status of every script here: 0 done, 1 failed, 77 not possible on this host (reason printed).

set -euo pipefail
export LC_ALL=C TZ=UTC
umask 022
# A build system started from here is not part of the outer make.
unset MAKEFLAGS MAKELEVEL MFLAGS
# sfdisk, mke2fs and debugfs live where an ordinary user's PATH does not look.
PATH=$PATH:/usr/sbin:/sbin
GUEST=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() {
	printf '  %-6s %s\n' "$1" "$2" >&2
}

# die WHAT NEXT: what happened, and what to do about it.
die() {
	printf '%s: %s\n%s\n' "${0##*/}" "$1" "  -> $2" >&2
	exit 1
}

skip() {
	printf '%s: skipped: %s\n%s\n' "${0##*/}" "$1" "  -> $2" >&2
	exit 77
}

need() {
	local tool missing=()

	for tool; do
		command -v "$tool" >/dev/null || missing+=("$tool")
	done
	[ ${#missing[@]} -eq 0 ] || die "missing on this host: ${missing[*]}" "run: make deps"
}

need_cache() {
	[ -n "${CACHE:-}" ] || die "CACHE is not set" "run it through make, or set CACHE to a folder"
	mkdir -p "$CACHE" 2>/dev/null || die "cannot create $CACHE" "choose another one: make CACHE=DIR ..."
	CACHE=$(cd "$CACHE" && pwd)
}

# need_space MIB: said before the work, because tools report a full disk in their own obscure ways.
need_space() {
	local free

	free=$(df -Pk "$CACHE" | awk 'NR == 2 { print int($4 / 1024) }')
	[ "$free" -ge "$1" ] ||
		die "$CACHE has $free MiB free, $1 MiB are needed" "free some space, or: make CACHE=DIR ..."
}

# One builder of NAME at a time; the second waits, then finds the work done. The descriptor stays
# open until the script ends; children are told to close it where they could outlive us.
lock() {
	mkdir -p "$CACHE/lock"
	exec 9>"$CACHE/lock/$1"
	if ! flock -n 9; then
		say WAIT "another build of $1"
		flock 9
	fi
}

# A private folder on the cache's file system, gone when the script ends however it ends.
work_dir() {
	mkdir -p "$CACHE/tmp"
	# What a killed build left behind a day ago.
	find "$CACHE/tmp" -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} + 2>/dev/null || true
	WORK=$(mktemp -d "$CACHE/tmp/${1:-work}.XXXXXX")
	trap 'chmod -R u+rwX "$WORK" 2>/dev/null; rm -rf "$WORK"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# Hash of files' names and bytes, and of their modes (they end up in the image).
tree_key() {
	(cd "$GUEST" && find "$@" -type f -printf '%m %p\0' | sort -z | tr '\0' '\n' &&
		find "$@" -type f -print0 | sort -z | xargs -0r cat) | sha256sum | cut -c1-32
}

# fresh FILE KEY: FILE exists and was made from KEY.
fresh() {
	[ -e "$1" ] && [ "$(cat "$1.key" 2>/dev/null)" = "$2" ]
}

# publish TEMP FILE [KEY]: the key is written last, so that an interrupted publish is redone.
publish() {
	mkdir -p "$(dirname "$2")"
	rm -f "$2.key"
	mv -f "$1" "$2"
	[ -z "${3:-}" ] || echo "$3" >"$2.key"
}

# run_logged LOG COMMAND...: quiet when it works, the end of its output when it does not.
run_logged() {
	local log=$1

	shift
	if ! "$@" >"$log" 2>&1 9>&-; then
		grep -iE -m 3 'error|fatal|cannot' "$log" >&2 || tail -n 3 "$log" >&2
		if grep -q 'No space left on device' "$log"; then
			die "disk full" "free some space on $CACHE, or: make CACHE=DIR ..."
		fi
		return 1
	fi
}
