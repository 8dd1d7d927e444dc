#!/bin/bash
# SPDX-License-Identifier: MIT
# A full disk under the run folder: said in words, status 3, nothing left running; never a verdict about the kernel. A full
# disk under the snapshots: the machine is booted, and the run says why it was not saved.
set -u
. "$(dirname "$0")/tap.inc"
plan 16

mkdir "$T/small"

# A cache that is the real one but for its snapshots.
real=$CACHE
mkdir -p "$T/cache/snapshot"
for f in "$real"/*; do
	[ "${f##*/}" = snapshot ] || ln -s "$f" "$T/cache/"
done
boots() { # boots NAME REASON: twice, as there is nothing to wake from
	local i

	for i in 1 2; do
		ok "$1, run $i: as expected" test "$(cat "$T/$1.$i.status")" = 0
		"$H" report -f json "$T/$1/$i" >"$T/out" 2>&1
		ok "$1, run $i: it was booted" grep -q '"start": "boot"' "$T/out"
	done
	ok "$1: the run says why it was not saved" sh -c 'grep -A1 "\"kind\": \"not-saved\"" "$0" | grep -qE "$1"' "$T/out" "$2"
}
# Both runs in the same namespaces, so that the second finds what the first left.
twice='for i in 1 2; do "$H" probe -j1 --quiet --run-dir "$T/$NAME/$i" eventfd_counter >"$T/$NAME.$i.out" 2>&1
	echo $? >"$T/$NAME.$i.status"; done'
export H T NAME
on_small_disk() { # on_small_disk SIZE COMMAND…: with a disk of that size on $T/small, in namespaces of its own
	local size=$1
	shift
	run unshare -rm sh -c 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"' "$size" "$T/small" "$@"
}
on_small_disk 64k true
if ! status_is 0; then
	for i in 1 2 3 4 5 6; do skip "disk full $i" "no user namespaces here"; done
	# No small disk is to be had: a folder that cannot be made ends the same way.
	rmdir "$T/cache/snapshot"
	: >"$T/cache/snapshot"
	for NAME in one two; do
		mkdir "$T/$NAME"
		NAME=$NAME HARNESS_CACHE=$T/cache sh -c "$twice"
		boots $NAME 'snapshot'
	done
	exit 0
fi

on_small_disk 16k "$H" probe --run-dir "$T/small/run" eventfd_counter
ok "no room for the database: status 3" status_is 3
ok "no room for the database: said so" err_has 'full|space'
ok "no room for the database: no verdict on the kernel" test -z "$(grep -E 'crash|fail ' "$T/out")"
on_small_disk 360k "$H" probe --run-dir "$T/small/run" eventfd_counter
ok "no room for the guest's overlay: status 3" status_is 3
ok "no room for the guest's overlay: said so" grep -qiE 'full|space' "$T/err" "$T/out"
ok "no room for the guest's overlay: no verdict on the kernel" test -z "$(grep -E '^ +(crash|fail) ' "$T/out")"

snapshots_on() { # snapshots_on NAME OPTIONS: of a tmpfs
	mkdir -p "$T/$1"
	run env NAME="$1" HARNESS_CACHE="$T/cache" twice="$twice" unshare -rm sh -c \
		'mount -t tmpfs -o "$0" tmpfs "$HARNESS_CACHE/snapshot" && eval "$twice"; ls "$HARNESS_CACHE/snapshot" >"$T/$NAME.left"' "$2"
}
snapshots_on low size=50m
boots low 'less than 1024 MiB are free'
# Room enough by the count of blocks, and none for another file.
snapshots_on full size=2g,nr_inodes=6
boots full 'No space left on device'
