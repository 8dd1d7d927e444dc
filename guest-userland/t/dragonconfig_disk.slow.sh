#!/bin/bash
# SPDX-License-Identifier: MIT
# What `dragonconfig init` does to disks and to the clock, on the reference kernel: a root that grows with its GPT
# and its ext4, a second disk with an MBR. Every host without root and loop devices can look at what became of them.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/boot.sh"
B=${B:-$TOP/build}
busybox=$CACHE/static/busybox/root/bin/busybox
[ -x "$busybox" ] || skip_all "there is no static busybox yet: make image"

tree=$T/tree
mkdir -p "$tree"/{bin,sbin,dev,proc,sys,run,tmp,root,etc,var/log,var/lib/cloud/seed/nocloud}
cp "$busybox" "$tree/bin/" && ln -s busybox "$tree/bin/sh"
cp "$B/guest/dragonconfig" "$tree/sbin/"
cp "$GUEST"/overlay-static/etc/{passwd,group,shadow} "$tree/etc/"
echo 'instance-id: i-disk' >"$tree/var/lib/cloud/seed/nocloud/meta-data"
cat >"$tree/var/lib/cloud/seed/nocloud/user-data" <<'END'
#cloud-config
growpart: {devices: [/, /dev/vdb1]}
mounts:
  - [LABEL=data, /data, auto, "noatime,nofail"]
  - [vdb9, /nine]
swap: {filename: /swap.img, size: 3M}
ntp: {servers: [127.0.0.1]}
END
# A time server that is two hours ahead: it listens before it goes into the background.
cat >"$T/time.c" <<'END'
#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(123)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned char p[512];
	socklen_t n = sizeof(a);

	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		return 1;
	if (fork() > 0)
		return 0;
	while (recvfrom(fd, p, sizeof(p), 0, (struct sockaddr *)&a, &n) >= 48) {
		uint32_t now = htonl((uint32_t)(time(NULL) + 2208988800 + 7200));

		memcpy(p + 24, p + 40, 8);
		memset(p + 32, 0, 16);
		memcpy(p + 32, &now, 4);
		memcpy(p + 40, &now, 4);
		p[0] = 0x24;
		p[1] = 2;
		sendto(fd, p, 48, 0, (struct sockaddr *)&a, n);
		n = sizeof(a);
	}
	return 1;
}
END
musl-gcc -static -O2 -o "$tree/sbin/time-server" "$T/time.c"
cat >"$tree/init" <<'END'
#!/bin/sh
export PATH=/bin:/sbin
time-server
before=$(busybox date +%s)
dragonconfig init
echo "STATUS $?"
echo "LATER $((($(busybox date +%s) - before) / 3600)) h"
busybox cat /var/log/cloud-init.log
busybox sed 's/^/PART /' /proc/partitions
echo "BLOCKS $(busybox stat -f -c '%b %S' /)"
busybox sed 's/^/MOUNT /' /proc/mounts
busybox sed 's/^/SWAP /' /proc/swaps
echo "MODE $(busybox stat -c %a /swap.img)"
busybox swapoff -a
busybox umount /data
busybox rm /var/log/cloud-init.log
busybox sync
busybox mount -o remount,ro / && echo "READ-ONLY"
busybox poweroff -f
END
chmod 755 "$tree/init"

mkdir -p "$T/data" && echo "label me" >"$T/data/file"
# The root is the second of two partitions of a GPT; the disk was 32 MiB and became 96.
truncate -s 24M "$T/part" && mke2fs -q -F -t ext4 -b 4096 -I 256 -d "$tree" "$T/part"
truncate -s 32M "$T/root.img"
printf 'label: gpt\nstart=2048,size=2048,name=boot\nstart=4096,size=49152,name=root\n' | sfdisk -q "$T/root.img"
dd if="$T/part" of="$T/root.img" bs=1M seek=2 conv=notrunc,sparse status=none
truncate -s 96M "$T/root.img"
small_disk "$T/data.img" 8 "$T/data" -L data -O ^has_journal
truncate -s 40M "$T/data.img"
snapshot=off
machine=(-drive "file=$T/data.img,format=raw,if=none,id=e" -device virtio-blk-pci,drive=e)

# partition FILE N: first sector and sectors.
partition() {
	sfdisk -d "$1" | sed -n "s/.*img$2 : *start= *\([0-9]*\), *size= *\([0-9]*\),.*/\1 \2/p"
}

file_system() {
	dd if="$T/root.img" of="$T/after" bs=1M skip=2 count=93 conv=sparse status=none && e2fsck -fn "$T/after"
}

boot "$ref/vmlinux" "$T/root.img" root=/dev/vda2 rw init=/init
check "the first boot is done, without warnings" says '^STATUS 0$'
check "the root's partition" says 'growpart: /dev/vda2 grown from 24 to 93 MiB$'
check "its ext4" says 'resize_rootfs: /dev/vda2 grown from 24 to 93 MiB$'
check "the other disk's" says 'growpart: /dev/vdb1 grown from 7 to 39 MiB$'
check "the kernel has them: the root" says '^PART .* 95232 vda2$'
check "and the other" says '^PART .* 39936 vdb1$'
mounted='^MOUNT /dev/vdb1 /data ext4 rw,noatime'
swapping='^SWAP /swap.img[[:space:]]+file[[:space:]]+3068[[:space:]]'
check "a disk is mounted by its label" says "$mounted"
check "one that is not there is no fault" says 'mounts: there is no /dev/vdb9'
check "the kernel swaps" says "$swapping"
check "to a file that nobody else reads" says '^MODE 600$'
check "the clock is set" says '^LATER 2 h$'
check "and said to have been off" says 'ntp: the clock was off by 7[12][0-9]* ms$'
check "to its end" says '^READ-ONLY$'
check "the GPT is sound" bash -c 'sfdisk --verify "$1" | grep "No errors"' _ "$T/root.img"
check "the root's entry" same "$(partition "$T/root.img" 2)" "4096 190464"
check "its neighbour's" same "$(partition "$T/root.img" 1)" "2048 2048"
check "the other header is at the new end" same \
	"$(dd if="$T/root.img" bs=512 skip=196607 count=1 status=none | head -c 8)" "EFI PART"
check "the MBR" same "$(partition "$T/data.img" 1)" "2048 79872"
check "the file system is sound" file_system
check "and large" bash -c 'dumpe2fs -h "$1" 2>/dev/null | grep -qx "Block count: *23808"' _ "$T/after"

boot "$ref/vmlinux" "$T/root.img" root=/dev/vda2 rw init=/init
check "the second boot reads them" says '^PART .* 95232 vda2$'
check "and has nothing to grow" fails 1 grep grown "$T/console"
check "it mounts" says "$mounted"
check "and swaps again" says "$swapping"
check "and has nothing to say" says '^STATUS 0$'
finish
