#!/bin/bash
# SPDX-License-Identifier: MIT
# assemble.sh LANE WORK MIB: under fakeroot, from root file system and overlays to WORK/disk.img.
# Called by image.sh only.
. "$(dirname "$0")/lib/common.sh"
. "$GUEST/lib/tree.sh"

lane=$1 work=$2 size_mib=$3
need_cache
tree=$work/tree
mkdir "$tree"

# authorise DIR UID: the key opens this account.
authorise() {
	install -d -m 700 "$1/.ssh"
	install -m 600 "$CACHE/image/keys/id_ed25519.pub" "$1/.ssh/authorized_keys"
	chown -R "$2:$2" "$1/.ssh"
}

# root by key alone; tester by key and password. SHA-512 crypt is what both C libraries know.
users() {
	local salt hash shell=/bin/sh

	[ "$lane" = static ] || shell=/bin/bash
	salt=$(sha256sum <"$CACHE/image/keys/id_ed25519.pub" | cut -c1-16)
	hash=$(openssl passwd -6 -salt "$salt" -stdin <"$CACHE/image/keys/password")
	sed -i '/^tester:/d' "$tree"/etc/{passwd,group,shadow}
	echo "tester:x:1000:1000:tester:/home/tester:$shell" >>"$tree/etc/passwd"
	echo 'tester:x:1000:' >>"$tree/etc/group"
	echo "tester:$hash:19000:0:99999:7:::" >>"$tree/etc/shadow"
	chown 0:42 "$tree/etc/shadow"
	chmod 640 "$tree/etc/shadow"
	install -d -m 755 -o 1000 -g 1000 "$tree/home/tester"
	authorise "$tree/home/tester" 1000
	authorise "$tree/root" 0
}

disk() {
	truncate -s "${size_mib}M" "$work/disk.img"
	printf 'label: dos\nlabel-id: 0x68617231\nstart=2048, type=83, bootable\n' |
		sfdisk -q "$work/disk.img"
	dd if="$work/part.img" of="$work/disk.img" bs=1M seek=1 conv=notrunc,sparse status=none
	rm "$work/part.img"
}

unpack_"$lane"
overlay "$GUEST/overlay"
overlay "$GUEST/overlay-$lane"
skeleton
users
manifest >"$work/manifest"
install -m 644 "$work/manifest" "$tree/etc/harness/manifest"
find "$tree" -exec touch -h -d @1700000000 {} +
make_ext4 "$work/part.img" $((size_mib - 1)) 6d8f2b1e-5c1d-4a0e-9b57-2f6a54d0c3aa \
	1f0c5b1a-7f0e-4d2b-8f3d-9a4f0b6f7e11
disk
rm -rf "$tree"
