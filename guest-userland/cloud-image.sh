#!/bin/bash
# SPDX-License-Identifier: MIT
# cloud-image.sh NAME=VALUE...: a raw disk image that boots by BIOS and GRUB and configures itself.
#
#   out=FILE         made whole or not at all
#   cloud=NAME       for whom, as harness/machine/image_cloud.c has it
#   lane=static|debian
#   agent=FILE       DragonConfig for the guest
#   kernel=FILE boot=linux|multiboot2 [initrd=FILE]
#   words=WORDS      of the kernel's command line; %ROOT% is the root, %DEVICE% its name below /dev
#   table=mbr|gpt size_mib=N
#   fat_mib=N        0: the kernel lies on the root; else on a FAT partition before it
#   without=WORDS    features that the root's ext4 must not have
#   epoch=SECONDS    of every file; SOURCE_DATE_EPOCH's use
#
# The same settings and inputs give the same bytes: UUIDs are made from a hash of them all.
# Works without root, without loop devices and without mounting.
. "$(dirname "$0")/lib/common.sh"

GRUB=${GRUB_PC_DIR:-/usr/lib/grub/i386-pc}
# Where the first partition begins, in sectors. GPT keeps a partition for GRUB before it.
FIRST=2048

out='' cloud='' lane='' agent='' kernel='' initrd='' words='' table='' size_mib='' fat_mib=0 without='' epoch=''
boot=''
for setting; do
	case $setting in
	[a-z]*=*) printf -v "${setting%%=*}" %s "${setting#*=}" ;;
	*) die "not a setting: $setting" "use NAME=VALUE" ;;
	esac
done
for setting in out cloud lane agent kernel boot words table size_mib epoch; do
	[ -n "${!setting}" ] || die "$setting is not set" "harness image build --for sets it"
done
need_cache
need mke2fs debugfs dumpe2fs sfdisk fakeroot grub-mkimage sha256sum dd
[ "$fat_mib" -eq 0 ] || need mkfs.vfat mcopy
[ "$boot" = linux ] || need objcopy
[ -r "$GRUB/boot.img" ] || die "no GRUB for BIOS in $GRUB" "run: make deps (package grub-pc-bin)"
[ -r "$agent" ] || die "no agent $agent" "run: make dragonconfig"
work_dir cloud
need_space $((size_mib / 4 + 600))

# What is unpacked of the lane, by its bytes or by its packages: not how it was made, nor what is left out of it.
lane_content() {
	if [ "$lane" = debian ]; then
		tar -xOf "$CACHE/rootfs/debian.tar" ./var/lib/dpkg/status
	else
		(cd "$CACHE/static" && find busybox dropbear nginx -type f ! -name '*.key' -print0 | sort -z |
			xargs -0 sha256sum)
	fi
	cat "$CACHE/image/www/SHA256SUMS"
}

# Everything that the bytes depend on, and nothing else.
content_hash() {
	{
		printf '%s\n' "$cloud" "$lane" "$boot" "$words" "$table" "$size_mib" "$fat_mib" "$without" "$epoch"
		tree_key cloud-image.sh cloud-tree.sh lib/tree.sh overlay "overlay-$lane" overlay-cloud
		lane_content
		sha256sum "$agent" "$kernel" ${initrd:+"$initrd"} | cut -d' ' -f1
		cat "$GRUB/boot.img" "$GRUB/diskboot.img" "$GRUB/kernel.img"
	} | sha256sum | cut -d' ' -f1
}

# uuid_of N: the hash's Nth UUID.
uuid_of() {
	local h

	h=$(printf '%s %s' "$hash" "$1" | sha256sum)
	printf '%s-%s-5%s-8%s-%s\n' "${h:0:8}" "${h:8:4}" "${h:13:3}" "${h:17:3}" "${h:20:12}"
}

hash=$(content_hash)
uuid=$(uuid_of root) seed=$(uuid_of seed) volume=${hash:0:8}
first=$FIRST
[ "$table" = mbr ] || first=$((2 * FIRST))
root_at=$((first + fat_mib * 2048))
# DragonOS f64a0d5 does not see a partition that begins where another ends.
[ "$fat_mib" -eq 0 ] || root_at=$((root_at + 2048))
# GPT's second copy takes the last 33 sectors.
end_mib=$size_mib
[ "$table" = mbr ] || end_mib=$((size_mib - 1))
root_mib=$((end_mib - root_at / 2048))
boot_uuid=$uuid
[ "$fat_mib" -eq 0 ] || boot_uuid=${volume:0:4}-${volume:4:4}

grub_cfg() {
	local line=${words//%ROOT%/$root}

	# Each word in quotes: to GRUB a semicolon is the end of a command.
	line=${line//%DEVICE%//dev/vda$root_number}
	read -ra line <<<"$line"
	line=$(printf " '%s'" "${line[@]}")
	echo 'serial --unit=0 --speed=115200'
	echo 'terminal_input serial console'
	echo 'terminal_output serial console'
	if [ "$boot" = multiboot2 ]; then
		# EFER.NXE: a kernel that maps the screen before it has set the bit faults on a
		# machine with a screen. It keeps what it finds.
		echo 'wrmsr 0xc0000080 0x800'
		echo "multiboot2 /boot/kernel$line"
	else
		echo "linux /boot/kernel$line"
		[ -z "$initrd" ] || echo 'initrd /boot/initrd'
	fi
	echo boot
}

# core.img holds every module that grub.cfg needs; it finds its partition by UUID.
make_core() {
	printf 'search.fs_uuid %s root\nset prefix=($root)/boot/grub\nconfigfile ($root)/boot/grub/grub.cfg\n' \
		"$boot_uuid" >"$WORK/early.cfg"
	grub-mkimage -d "$GRUB" -O i386-pc -c "$WORK/early.cfg" -p /boot/grub -o "$WORK/core.img" biosdisk \
		part_msdos part_gpt ext2 fat normal configfile search search_fs_uuid serial terminal echo boot linux \
		multiboot2 wrmsr
}

# put FILE SECTOR
put() {
	dd if="$1" of="$WORK/disk.img" bs=64K oflag=seek_bytes seek=$(($2 * 512)) conv=notrunc,sparse status=none
}

# le N BYTES: N as so many bytes, the least first.
le() {
	local n=$1 i

	for ((i = 0; i < $2; i++)); do
		printf '%b' "\\x$(printf %02x $((n & 255)))"
		n=$((n >> 8))
	done
}

# poke OFFSET: standard input goes there.
poke() {
	dd of="$WORK/disk.img" bs=1 seek="$1" conv=notrunc status=none
}

# What grub-bios-setup does to a disk: boot.img around the partition table, told where core.img is;
# core.img's first sector, told where the rest of it is. (boot.img: sector at 0x5c, check of the boot drive at
# 0x66, which a hard disk replaces; core.img: block list at the end of its first sector.)
install_grub() {
	local at=1 room=$((FIRST - 1))

	if [ "$table" = gpt ]; then
		at=$FIRST room=$FIRST
	fi
	[ $(($(stat -c %s "$WORK/core.img") / 512)) -lt $room ] ||
		die "GRUB's core image is too large" "report this"
	put "$WORK/core.img" $at
	dd if="$GRUB/boot.img" of="$WORK/disk.img" bs=1 count=440 conv=notrunc status=none
	le $at 8 | poke $((0x5c))
	printf '\x90\x90' | poke $((0x66))
	le $((at + 1)) 8 | poke $((at * 512 + 0x1f4))
}

partitions() {
	if [ "$table" = gpt ]; then
		echo "label: gpt"
		echo "label-id: $(uuid_of disk)"
		echo "unit: sectors"
		echo "14: start=$FIRST, size=$FIRST, type=21686148-6449-6E6F-744E-656564454649, uuid=$(uuid_of core), name=grub"
	else
		echo "label: dos"
		echo "label-id: 0x${hash:8:8}"
		echo "unit: sectors"
	fi
}

# The root is the last: it grows with the disk.
partition_lines() {
	local linux=83 fat=c flag=', bootable' id=''

	if [ "$table" = gpt ]; then
		linux=0FC63DAF-8483-4772-8E79-3D69D8477DE4 fat=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7 flag=''
	fi
	if [ "$fat_mib" -gt 0 ]; then
		[ "$table" = mbr ] || id=", uuid=$(uuid_of fat), name=boot"
		echo "1: start=$first, size=$((fat_mib * 2048)), type=$fat$flag$id"
		flag=''
	fi
	[ "$table" = mbr ] || id=", uuid=$(uuid_of part), name=root"
	echo "$root_number: start=$root_at, size=$((root_mib * 2048)), type=$linux$flag$id"
}

# The boot partition: what boot_files() left, and where a platform puts its os.conf.
make_fat() {
	mkdir -p "$WORK/fat/aliyun_custom_image"
	find "$WORK/fat" -exec touch -d "@$epoch" {} +
	truncate -s "${fat_mib}M" "$WORK/fat.img"
	SOURCE_DATE_EPOCH=$epoch mkfs.vfat --invariant -F 32 -i "$volume" -n BOOT "$WORK/fat.img" >/dev/null
	SOURCE_DATE_EPOCH=$epoch mcopy -m -s -i "$WORK/fat.img" "$WORK/fat/aliyun_custom_image" "$WORK/fat/boot" ::
	put "$WORK/fat.img" "$first"
}

root_number=1
[ "$fat_mib" -eq 0 ] || root_number=2
root=UUID=$uuid
# A kernel started by multiboot2 knows its devices by name only.
[ "$boot" = linux ] || root=/dev/vda$root_number
grub_cfg >"$WORK/grub.cfg"
{
	for setting in cloud lane agent boot kernel initrd uuid seed root_mib fat_mib without epoch; do
		printf '%s=%q\n' $setting "${!setting}"
	done
} >"$WORK/settings"
[ "$root_mib" -ge 64 ] || die "$size_mib MiB are too few" "use a larger --size"
say DISK "${out##*/} ($cloud, $lane, $table, $size_mib MiB)"
run_logged "$WORK/log" fakeroot -- "$GUEST/cloud-tree.sh" "$WORK" || die "making the root file system failed" "see the lines above"
make_core
truncate -s "${size_mib}M" "$WORK/disk.img"
{ partitions && partition_lines; } | sfdisk -q "$WORK/disk.img" || die "sfdisk failed" "see the lines above"
[ "$fat_mib" -eq 0 ] || make_fat
put "$WORK/root.img" $root_at
install_grub
publish "$WORK/disk.img" "$out"
