#!/bin/bash
# SPDX-License-Identifier: MIT
# bench/image.sh: $CACHE/bench/first-boot.img, Debian with its cloud-init and all that it needs, on which
# `scripts/bench.py dc_cpu_ratio` measures it and dragonconfig side by side. Not part of `make image`.
#
# Laid out as the lanes are: MBR, one ext4 partition at 1 MiB. dragonconfig, `start` and `measure` go in later (inject.sh).
. "$(dirname "$0")/../lib/common.sh"
. "$GUEST/lib/apt.sh"

SIZE_MIB=1024
# In this order: isofs needs cdrom, vfat needs fat. Loaded before either agent begins.
MODULES="cdrom isofs fat vfat nls_cp437 nls_ascii"

# Under fakeroot: the unpacked system, what every machine has of its own, a file system.
assemble() {
	local work=$1 tree=$1/tree module

	mkdir "$tree"
	tar -C "$tree" --exclude='./dev/*' --exclude='./var/lib/apt/lists/*' --exclude='./var/cache/apt/*' \
		--exclude='./etc/ssh/ssh_host_*' --exclude='./etc/machine-id' --exclude='./var/log/*' -xpf "$work/root.tar"
	mkdir -p "$tree"/{bench,dev/pts,proc,sys,run,var/log}
	for module in $MODULES; do
		install -m 644 "$work/modules/$module.ko" "$tree/bench/$module.ko"
		echo "/bench/$module.ko"
	done >"$tree/bench/modules"
	# What mmdebstrap takes over from this host.
	rm -f "$tree"/etc/{hostname,resolv.conf}
	echo debian >"$tree/etc/hostname"
	# As Debian's cloud images have it.
	echo LANG=C.UTF-8 >"$tree/etc/default/locale"
	printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n' >"$tree/etc/hosts"
	printf 'auto lo\niface lo inet loopback\nsource-directory /etc/network/interfaces.d\n' \
		>"$tree/etc/network/interfaces"
	printf '/dev/vda1 / ext4 defaults 0 1\n' >"$tree/etc/fstab"
	ln -s /run/resolvconf/resolv.conf "$tree/etc/resolv.conf"
	truncate -s "$((SIZE_MIB - 1))M" "$work/part.img"
	mke2fs -q -F -t ext4 -b 4096 -I 256 -m 0 -L bench -E lazy_itable_init=0,lazy_journal_init=0 \
		-d "$tree" "$work/part.img"
}

if [ "${1:-}" = --assemble ]; then
	assemble "$2"
	exit 0
fi
need_cache
img=$CACHE/bench/first-boot.img
key=$(tree_key bench/image.sh bench/packages.list)
! fresh "$img" "$key" || exit 0
[ "$(id -u)" -eq 0 ] || skip "this image is made by root only" "run make bench as root, or leave these figures out"
need mmdebstrap mke2fs sfdisk fakeroot dpkg-deb
"$GUEST/reference.sh" cloud
lock bench-first-boot
! fresh "$img" "$key" || exit 0
need_space 4000
work_dir bench
apt_setup deb
apt_acquire >"$WORK/apt.conf"
packages=$(awk '!/^#/ && NF { printf "%s%s", sep, $1; sep = "," }' "$GUEST/bench/packages.list")
# shellcheck source=/dev/null
code=$(. /etc/os-release && echo "$VERSION_CODENAME")
say ROOTFS "mmdebstrap: $packages"
TMPDIR=$WORK run_logged "$WORK/log" mmdebstrap --mode=root --variant=essential --format=tar \
	--architectures=amd64 --include="$packages" --aptopt="$WORK/apt.conf" \
	--aptopt='APT::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-exclude=/usr/share/man/*' "$code" "$WORK/root.tar" "$APT_SOURCES" ||
	die "mmdebstrap failed" "see the lines above"
mkdir "$WORK/modules"
for module in $MODULES; do
	dpkg-deb --fsys-tarfile "$CACHE"/debs/cloud/linux-image-*.deb |
		tar -xO --wildcards "*/$module.ko" >"$WORK/modules/$module.ko" ||
		die "the cloud kernel has no module $module" "mend guest-userland/bench/image.sh"
done
say IMAGE "$img"
run_logged "$WORK/log" fakeroot -- "$0" --assemble "$WORK" || die "making the image failed" "see the lines above"
truncate -s "${SIZE_MIB}M" "$WORK/disk.img"
printf 'label: dos\nlabel-id: 0x62656e63\nstart=2048, type=83, bootable\n' | sfdisk -q "$WORK/disk.img"
dd if="$WORK/part.img" of="$WORK/disk.img" bs=1M seek=1 conv=notrunc,sparse status=none
publish "$WORK/disk.img" "$img" "$key"
