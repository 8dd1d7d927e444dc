#!/bin/bash
# SPDX-License-Identifier: MIT
# cloud-tree.sh WORK: under fakeroot, the root file system WORK/root.img of a disk image, from the settings in
# WORK/settings. Called by cloud-image.sh only, which says what they are.
. "$(dirname "$0")/lib/common.sh"
. "$GUEST/lib/tree.sh"

work=$1
need_cache
# shellcheck source=/dev/null
. "$work/settings"
tree=$work/tree
mkdir "$tree"

# Nobody's key and no password: the agent brings them. sshd takes none of the latter unless told so.
first_boot() {
	install -m 755 "$agent" "$tree/usr/sbin/dragonconfig"
	ln -s ../sbin/dragonconfig "$tree/usr/bin/cloud-init"
	ln -sfn /bin/busybox "$tree/sbin/init"
	sed -i "s/@UUID@/$uuid/" "$tree/etc/fstab"
	sed -i 's/^PasswordAuthentication yes/PasswordAuthentication no/' "$tree/etc/ssh/sshd_config" 2>/dev/null || true
	mkdir -p "$tree/var/lib/cloud"
	# The day on which Debian's were made.
	sed -i -E 's/^([^:]*:[^:]*):[0-9]+:/\1:19675:/' "$tree/etc/shadow"
	rm -f "$tree"/etc/{passwd,group,shadow,gshadow,subuid,subgid}- "$tree/etc/machine-id"
	if [ "$cloud" = aliyun ] && [ "$fat_mib" -eq 0 ]; then
		mkdir "$tree/aliyun_custom_image"
	fi
}

# What GRUB reads, here or on a partition of its own.
boot_files() {
	mkdir -p "$1/boot/grub"
	cp "$work/grub.cfg" "$1/boot/grub/grub.cfg"
	if [ "$boot" = multiboot2 ]; then
		# GRUB loads every section for such a kernel: with 50 MB of them for a debugger, and a
		# screen, it did not come to an end.
		objcopy --strip-debug "$kernel" "$1/boot/kernel"
	else
		cp "$kernel" "$1/boot/kernel"
	fi
	[ -z "$initrd" ] || cp "$initrd" "$1/boot/initrd"
	chmod 644 "$1"/boot/kernel "$1"/boot/grub/grub.cfg
}

# A change of the file system's own stamp: mke2fs copies it from the tree, where nobody can set it.
set_ctimes() {
	local inode last

	last=$(dumpe2fs -h "$work/root.img" 2>/dev/null | awk '/^Inode count:/ { total = $3 }
		/^Free inodes:/ { free = $3 } END { print total - free }')
	for ((inode = 2; inode <= last; inode++)); do
		echo "set_inode_field <$inode> ctime @$epoch"
	done | debugfs -w -f /dev/stdin "$work/root.img" >"$work/debugfs.log" 2>&1 ||
		die "debugfs failed" "see the lines above"
}

unpack_"$lane"
overlay "$GUEST/overlay"
overlay "$GUEST/overlay-$lane"
overlay "$GUEST/overlay-cloud"
skeleton
first_boot
if [ "$fat_mib" -eq 0 ]; then
	boot_files "$tree"
else
	boot_files "$work/fat"
fi
manifest >"$work/manifest"
install -m 644 "$work/manifest" "$tree/etc/harness/manifest"
find "$tree" -exec touch -h -d "@$epoch" {} +
export E2FSPROGS_FAKE_TIME=$epoch
make_ext4 "$work/root.img" "$root_mib" "$uuid" "$seed" "$without"
set_ctimes
