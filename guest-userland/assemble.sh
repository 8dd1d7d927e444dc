#!/bin/bash
# SPDX-License-Identifier: MIT
# assemble.sh LANE WORK MIB: under fakeroot, from root file system and overlays to WORK/disk.img.
# Called by image.sh only.
. "$(dirname "$0")/lib/common.sh"

lane=$1 work=$2 size_mib=$3
need_cache
tree=$work/tree
mkdir "$tree"

unpack_debian() {
	# Documents went by dpkg; this is what packages make while they are set up, and what only a
	# package manager would use.
	tar -C "$tree" --exclude='./dev/*' --exclude='./etc/apt' --exclude='./var/lib/apt' \
		--exclude='./var/cache/*' --exclude='./var/lib/dpkg/info' --exclude='./usr/share/zoneinfo' \
		--exclude='./etc/ssh/ssh_host_*' --exclude='./var/log/*' --exclude='./usr/share/perl5' \
		-xpf "$CACHE/rootfs/debian.tar"
	ln -sf /usr/bin/busybox "$tree/usr/local/bin/busybox"
}

unpack_static() {
	local package link

	mkdir -p "$tree"/{bin,sbin,usr/bin,usr/sbin,usr/local/bin,etc,var,home,root}
	for package in busybox dropbear nginx; do
		cp -r "$CACHE/static/$package/root/." "$tree/"
	done
	while read -r link; do
		[ "$link" = /bin/busybox ] || [ -e "$tree$link" ] || ln -s /bin/busybox "$tree$link"
	done <"$tree/busybox.links"
	rm "$tree/busybox.links"
}

# The checkout's owner and umask are not the image's business.
overlay() {
	local file mode

	(cd "$1" && find . -type f) | while read -r file; do
		mode=644
		[ ! -x "$1/$file" ] || mode=755
		install -D -m $mode -o 0 -g 0 "$1/$file" "$tree/$file"
	done
}

# Where every kernel finds its mount points and every program its folder.
skeleton() {
	mkdir -p "$tree"/{dev/pts,proc,sys,tmp,run/sshd,mnt,harness} "$tree"/var/{log/nginx,lib/nginx,tmp,run}
	mkdir -p "$tree"/etc/{dropbear,ssh,harness} "$tree/srv/www"
	rm -rf "$tree/var/run" && ln -s /run "$tree/var/run"
	chmod 1777 "$tree/tmp" "$tree/var/tmp"
	chmod 755 "$tree/run/sshd" "$tree/var/lib/nginx" "$tree/var/log/nginx"
	chmod 700 "$tree/root"
	# Login records are written only where the files exist; a greeting would stand before the prompt.
	: >"$tree/var/log/lastlog"
	: >"$tree/var/log/wtmp"
	: >"$tree/run/utmp"
	rm -f "$tree/etc/motd"
	ln -sf /proc/self/mounts "$tree/etc/mtab"
	: >"$tree/etc/resolv.conf"
	echo "$lane" >"$tree/etc/harness/lane"
	cp "$CACHE"/image/www/* "$tree/srv/www/"
	chmod 644 "$tree"/srv/www/*
}

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

# What went in, for the manifest beside the image and in it.
manifest() {
	echo "lane $lane"
	if [ "$lane" = debian ]; then
		awk '/^Package:/ { p = $2 } /^Version:/ { print p, $2 }' "$tree/var/lib/dpkg/status"
	else
		cat "$CACHE"/static/{busybox,dropbear,nginx,zlib,libxcrypt,pcre2}/manifest
	fi
}

# Only features that both kernels accept, named one by one: the tool's defaults differ by version
# and by size. All tables are written now, or Linux would do it in the background of a test.
filesystem() {
	local features=has_journal,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super

	features=$features,large_file,huge_file,dir_nlink,extra_isize,metadata_csum
	truncate -s "$((size_mib - 1))M" "$work/part.img"
	mke2fs -q -F -t ext4 -b 4096 -I 256 -O none,$features -m 0 -L harness \
		-U 6d8f2b1e-5c1d-4a0e-9b57-2f6a54d0c3aa \
		-E hash_seed=1f0c5b1a-7f0e-4d2b-8f3d-9a4f0b6f7e11,lazy_itable_init=0,lazy_journal_init=0 \
		-d "$tree" "$work/part.img"
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
filesystem
disk
rm -rf "$tree"
