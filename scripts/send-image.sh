#!/bin/bash
# SPDX-License-Identifier: MIT
# send-image.sh [-n] [-p PORT] [-i KEY] [-o OPTION]... IMAGE [USER@]HOST [DISK]
#
# Writes a raw disk image to a disk of another machine over ssh, piece by piece. Only pieces that differ are
# sent, so that a transfer which was cut goes on where it was; at the end the disk is read back and its hash
# compared.
#
#   DISK   a whole disk by its name in /dev/disk/by-id there, or the path of a regular file, made when it is not
#          there. Without one, the machine's disks are listed.
#   -n     look, and write nothing
#
# A disk that is mounted, used for swap or held by another device, or is too small, is refused.
# Exit status: 0 written and compared, 1 failed or refused, 2 usage.
# Environment: SSH, the ssh command; IDS, the folder of names there (default /dev/disk/by-id).
set -euo pipefail
export LC_ALL=C

PIECE=$((4 << 20))
SSH=${SSH:-ssh}
IDS=${IDS:-/dev/disk/by-id}

die() {
	printf '%s: %s\n' "${0##*/}" "$1" >&2
	exit "${2:-1}"
}

usage() {
	die "usage: ${0##*/} [-n] [-p PORT] [-i KEY] [-o OPTION]... IMAGE [USER@]HOST [DISK]" 2
}

options=(-o BatchMode=yes -o ServerAliveInterval=15)
dry=
while getopts np:i:o: option; do
	case $option in
	n) dry=yes ;;
	p | i | o) options+=("-$option" "$OPTARG") ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 2 ] || [ $# -eq 3 ] || usage
image=$1 host=$2 disk=${3:-}
[ -f "$image" ] && [ -r "$image" ] || die "cannot read $image" 2
case $host in -*) die "not a host: $host" 2 ;; esac
size=$(stat -c %s "$image")
[ "$size" -gt 0 ] && [ $((size % 512)) -eq 0 ] || die "$image: no raw disk image" 2
case $(head -c 4 "$image" | tr -d '\0') in
QFI* | KDMV | vhdx) die "$image is no raw image: qemu-img convert -O raw makes one" 2 ;;
esac
pieces=$(((size + PIECE - 1) / PIECE))

# quote WORD: for a POSIX shell.
quote() {
	printf "'%s'" "${1//\'/\'\\\'\'}"
}

# there STEP [ARGUMENT]: one of the functions below, over there; standard input and output are its own.
there() {
	local words

	words="set -eu; export LC_ALL=C; ids=$(quote "$IDS") name=$(quote "$disk") size=$size piece=$PIECE pieces=$pieces
$remote
$*"
	"$SSH" "${options[@]}" "$host" "exec sh -c $(quote "$words")"
}

# POSIX sh, with the usual tools of a small system.
remote=$(
	cat <<'END'
fail() {
	echo "$1" >&2
	exit 1
}
list() {
	for link in "$ids"/*; do
		[ -b "$link" ] || continue
		dev=$(readlink -f "$link")
		[ -e "/sys/class/block/${dev##*/}/partition" ] || echo "${link##*/} ${dev##*/}"
	done
}
find_disk() {
	case $name in
	/*)
		dev=$(readlink -f "$name") || fail "no folder for $name"
		[ ! -b "$dev" ] || fail "a disk is named by its id, not $name"
		;;
	*/* | . | ..) fail "not an id: $name" ;;
	*) dev=$(readlink -f "$ids/$name") && [ -b "$dev" ] || fail "no disk $name in $ids" ;;
	esac
}
# in_use NAME: of the disk or a partition.
in_use() {
	number=$(cat "/sys/class/block/$1/dev")
	! cut -d' ' -f3 /proc/self/mountinfo | grep -qx "$number" || fail "$1 is mounted"
	! grep -q "^/dev/$1 " /proc/mounts || fail "$1 is mounted"
	! grep -q "^/dev/$1[[:space:]]" /proc/swaps 2>/dev/null || fail "$1 is swap"
	for holder in "/sys/class/block/$1/holders"/*; do
		[ ! -e "$holder" ] || fail "$1 is held by ${holder##*/}"
	done
}
check() {
	find_disk
	if [ ! -b "$dev" ]; then
		[ ! -e "$dev" ] || [ -f "$dev" ] || fail "$dev is neither a disk nor a file"
		return 0
	fi
	short=${dev##*/}
	[ ! -e "/sys/class/block/$short/partition" ] || fail "$short is a partition, not a disk"
	[ "$(cat "/sys/class/block/$short/ro")" = 0 ] || fail "$short is read-only"
	have=$(($(cat "/sys/class/block/$short/size") * 512))
	[ "$have" -ge "$size" ] || fail "$short has $have bytes, the image $size"
	in_use "$short"
	for part in "/sys/class/block/$short/$short"*; do
		[ ! -e "$part/partition" ] || in_use "${part##*/}"
	done
}
piece_of() {
	dd if="$dev" bs="$piece" skip="$1" count=1 2>/dev/null
}
hashes() {
	find_disk
	n=0
	while [ "$n" -lt "$pieces" ]; do
		left=$((size - n * piece))
		[ "$left" -le "$piece" ] || left=$piece
		piece_of "$n" | head -c "$left" | sha256sum | cut -d' ' -f1
		n=$((n + 1))
	done
}
# put N...: these pieces come on standard input, each whole or not at all.
put() {
	check
	for n; do
		left=$((size - n * piece))
		[ "$left" -le "$piece" ] || left=$piece
		said=$(dd bs=64k iflag=fullblock,count_bytes count="$left" of="$dev" oflag=seek_bytes \
			seek=$((n * piece)) conv=notrunc 2>&1) || fail "piece $n: $(echo "$said" | sed -n '1s/^dd: //p')"
		got=$(echo "$said" | sed -n 's/^\([0-9]*\) bytes.*/\1/p')
		[ "$got" = "$left" ] || fail "the transfer was cut in piece $n"
	done
	sync
}
whole() {
	find_disk
	sync
	[ ! -b "$dev" ] || blockdev --flushbufs "$dev" 2>/dev/null || true
	head -c "$size" "$dev" | sha256sum | cut -d' ' -f1
}
END
)

if [ -z "$disk" ]; then
	echo "Disks of $host:"
	there list
	exit 2
fi
there check || die "nothing was written"

# One hash a line of each piece, here; the last piece may be short.
local_hashes() {
	local n

	for ((n = 0; n < pieces; n++)); do
		piece_here $n | sha256sum | cut -d' ' -f1
	done
}

piece_here() {
	dd if="$image" bs=$PIECE skip="$1" count=1 status=none
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
there hashes >"$work/there" || die "cannot read $disk there"
local_hashes >"$work/here"
mapfile -t differ < <(paste "$work/here" "$work/there" | awk '$1 != $2 { print NR - 1 }')
echo "${#differ[@]} of $pieces pieces differ"
[ -z "$dry" ] || exit 0
if [ ${#differ[@]} -gt 0 ]; then
	for n in "${differ[@]}"; do piece_here "$n"; done | there "put ${differ[*]}" ||
		die "cut short; run it again and it goes on from here"
fi
hash=$(sha256sum <"$image" | cut -d' ' -f1)
back=$(there whole) || die "cannot read $disk back"
[ "$back" = "$hash" ] || die "$disk holds something else ($back, not $hash)"
echo "$hash  $disk on $host"
