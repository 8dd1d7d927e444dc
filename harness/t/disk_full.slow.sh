#!/bin/bash
# SPDX-License-Identifier: MIT
# A full disk under the run folder: said in words, status 3, nothing left running; never a verdict about the kernel.
set -u
. "$(dirname "$0")/tap.inc"
plan 6

mkdir "$T/small"
on_small_disk() { # on_small_disk SIZE COMMAND…: with a disk of that size on $T/small, in namespaces of its own
	local size=$1
	shift
	run unshare -rm sh -c 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"' "$size" "$T/small" "$@"
}
on_small_disk 64k true
if ! status_is 0; then
	for i in 1 2 3 4 5 6; do skip "disk full $i" "no user namespaces here"; done
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
