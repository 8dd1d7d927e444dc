# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# From root file system and overlays to a tree, and from a tree to an ext4 file system. Sourced after
# common.sh, under fakeroot; $tree is the tree, $lane its lane.

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
	chown 0:42 "$tree/etc/shadow"
	chmod 640 "$tree/etc/shadow"
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
# and by size. What a cloud refuses of them is told by harness/machine/image_cloud.c.
EXT4_FEATURES="has_journal ext_attr dir_index filetype extent 64bit flex_bg sparse_super large_file huge_file
	dir_nlink extra_isize metadata_csum"

# make_ext4 FILE MIB UUID HASH_SEED [WITHOUT]: all tables are written now, or Linux would do it in the
# background of a test. WITHOUT: features to leave out.
make_ext4() {
	local feature features=none

	for feature in $EXT4_FEATURES; do
		[[ " ${5:-} " == *" $feature "* ]] || features=$features,$feature
	done
	truncate -s "$2M" "$1"
	mke2fs -q -F -t ext4 -b 4096 -I 256 -O "$features" -m 0 -L harness -U "$3" \
		-E "hash_seed=$4,lazy_itable_init=0,lazy_journal_init=0" -d "$tree" "$1"
}
