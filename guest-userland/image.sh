#!/bin/bash
# SPDX-License-Identifier: MIT
# image.sh static|debian [--key]: $CACHE/image/LANE.img, the disk that every kernel under test boots.
#
# MBR with one ext4 partition at 1 MiB. The key names everything the image is made from; agent and
# probes are not among it, they are put in later by inject.sh. --key prints the key and makes nothing.
. "$(dirname "$0")/lib/common.sh"

lane=${1:-}
case $lane in
static) size_mib=128 rootfs_inputs=(static) ;;
debian) size_mib=512 rootfs_inputs=(rootfs) ;;
*) die "usage: image.sh static|debian" "see docs: a lane is the user land on the disk" ;;
esac
need_cache
img=$CACHE/image/$lane.img

# Secrets count as input: keys made anew belong to no older image.
image_key() {
	{
		tree_key image.sh assemble.sh lib/tree.sh www.sh secrets.sh overlay "overlay-$lane" "${rootfs_inputs[@]}"
		cat "$CACHE/image/keys/password" "$CACHE/image/keys/id_ed25519.pub" 2>/dev/null || echo none
	} | sha256sum | cut -c1-32
}

if [ "${2:-}" = --key ]; then
	image_key
	exit 0
fi
! fresh "$img" "$(image_key)" || exit 0
need mke2fs debugfs sfdisk fakeroot flock openssl perl
"$GUEST/secrets.sh"
"$GUEST/www.sh"

# Two chains of about the same length for the usual two processors. The one in the background is a
# process group of its own, so that it ends with us: a shell's background job ignores Ctrl-C.
build_static() {
	local chain

	set -m
	"$GUEST/static/build.sh" nginx &
	chain=$!
	set +m
	# shellcheck disable=SC2064
	trap "kill -- -$chain 2>/dev/null" EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	"$GUEST/static/build.sh" busybox
	"$GUEST/static/build.sh" dropbear
	wait $chain
	trap - EXIT INT TERM HUP
}

if [ "$lane" = debian ]; then
	"$GUEST/rootfs/debian.sh"
else
	build_static
fi

lock "image-$lane"
key=$(image_key)
! fresh "$img" "$key" || exit 0
need_space $((size_mib * 3))
work_dir image
say IMAGE "$img"
# Ownership lives in fakeroot's books from the first file to the finished file system, so that no
# step needs root and root takes the same way.
run_logged "$WORK/log" fakeroot -- "$GUEST/assemble.sh" "$lane" "$WORK" "$size_mib" ||
	die "making the $lane image failed" "see the lines above"
publish "$WORK/manifest" "$CACHE/image/$lane.manifest"
publish "$WORK/disk.img" "$img" "$key"
