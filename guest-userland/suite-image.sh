#!/bin/bash
# SPDX-License-Identifier: MIT
# suite-image.sh BASE_IMG DIR OUT_IMG MIB: a copy of a disk image, MIB larger, with DIR's commands carried out on it.
#
# DIR/commands is a list for debugfs; what it writes lies in DIR by plain names. Works without root and without
# mounting. debugfs exits with 0 whatever happens, so any word on its standard error is a failure, and the file
# system is checked before the copy gets its name.
. "$(dirname "$0")/lib/common.sh"

[ $# -eq 4 ] || die "usage: suite-image.sh BASE_IMG DIR OUT_IMG MIB" "four arguments"
base=$1 dir=$2 out=$3 more=$4
need debugfs resize2fs e2fsck sfdisk dd truncate
[ -r "$base" ] || die "no image $base" "run: make image"
out_dir=$(dirname "$out")
disk=$(mktemp "$out_dir/.suite.XXXXXX")
part=$(mktemp "$out_dir/.suite.XXXXXX")
trap 'rm -f "$disk" "$part"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The partition begins at 1 MiB: image.sh puts it there.
dd if="$base" of="$part" bs=1M skip=1 conv=sparse status=none || die "cannot copy $base" "check the free space beside $out"
size_mib=$(($(stat -c %s "$base") / 1048576 + more))
truncate -s "$((size_mib - 1))M" "$part"
resize2fs -f "$part" >"$dir/log" 2>&1 || die "cannot make the file system larger: $(tail -n 1 "$dir/log")" "check the free space beside $out"
(cd "$dir" && debugfs -w -f commands "$part" >log 2>errors) || die "debugfs failed" "see $dir/log"
# The first line is its version.
if [ "$(wc -l <"$dir/errors")" -gt 1 ]; then
	sed -n '2,5p' "$dir/errors" >&2
	die "the files did not reach the image" "see above: a name that debugfs cannot take?"
fi
e2fsck -fn "$part" >"$dir/log" 2>&1 || die "the file system is damaged: $(tail -n 3 "$dir/log")" "report this"
truncate -s "${size_mib}M" "$disk"
printf 'label: dos\nlabel-id: 0x68617231\nstart=2048, type=83, bootable\n' | sfdisk -q "$disk"
dd if="$part" of="$disk" bs=1M seek=1 conv=notrunc,sparse status=none || die "cannot write $disk" "check the free space"
chmod 644 "$disk"
mv -f "$disk" "$out"
