#!/bin/bash
# SPDX-License-Identifier: MIT
# reference.sh cloud|generic: the reference kernel and its initramfs, from Debian's kernel package.
#
# Makes $CACHE/reference/FLAVOUR/: vmlinuz (bzImage), vmlinux (the ELF inside it, for PVH boot),
# initramfs.cpio, initramfs-image.cpio (for disk images: drivers of any machine), config, version
# (uname -r) and manifest (package, version and hashes).
. "$(dirname "$0")/lib/common.sh"
. "$GUEST/lib/apt.sh"

flavour=${1:-}
case $flavour in
cloud) meta=linux-image-cloud-amd64 ;;
generic) meta=linux-image-amd64 ;;
*) die "usage: reference.sh cloud|generic" "cloud has virtio, generic has AHCI too" ;;
esac
need_cache
out=$CACHE/reference/$flavour
key=$(tree_key reference.sh initramfs)
! fresh "$out/manifest" "$key" || exit 0
need musl-gcc cpio lz4 xz dpkg-deb sha256sum
lock "reference-$flavour"
! fresh "$out/manifest" "$key" || exit 0
need_space 1000
work_dir reference
debs=$CACHE/debs/$flavour

# The kernel package itself, behind the meta package that names the newest one. It is kept: an
# edited init needs no network.
fetch() {
	local package

	compgen -G "$debs/linux-image-*.deb" >/dev/null && return
	apt_setup deb
	package=$(apt_cache show --no-all-versions "$meta" | sed -n 's/^Depends: \(linux-image-[^ ,]*\).*/\1/p')
	[ -n "$package" ] || die "the archive has no $meta" "check /etc/apt: suite main is needed"
	say FETCH "$package"
	mkdir "$WORK/deb"
	apt_fetch "$WORK/deb" download "$package"
	mkdir -p "$debs"
	mv "$WORK"/deb/*.deb "$debs/"
}

# The compressed ELF in a bzImage: setup header (boot protocol 2.08+) gives its place and length;
# its last four bytes are the unpacked size.
extract_vmlinux() {
	local image=$1 sects offset length at magic unpack

	sects=$(od -An -tu1 -j$((0x1f1)) -N1 "$image")
	offset=$(od -An -tu4 -j$((0x248)) -N4 "$image")
	length=$(od -An -tu4 -j$((0x24c)) -N4 "$image")
	at=$(((sects + 1) * 512 + offset))
	magic=$(od -An -tx1 -j$at -N4 "$image" | tr -d ' ')
	case $magic in
	02214c18) unpack="lz4 -dc" ;;
	fd377a58) unpack="xz -dc" ;;
	1f8b*) unpack="gzip -dc" ;;
	*) die "$image: payload of unknown compression $magic" "this kernel package is not supported" ;;
	esac
	dd if="$image" bs=1M iflag=skip_bytes,count_bytes skip=$at count=$((length - 4)) status=none |
		$unpack >"$2" ||
		die "cannot unpack the payload of $image" "remove $debs and try again"
}

module_path() {
	find "$modules" -name "$1.ko" -print -quit
}

# add_module CLASS NAME: its dependencies first, each once for "all" or once for a class.
add_module() {
	local class=$1 name=$2 path dep

	grep -qE "^(all|$class) /m/$name.ko\$" "$tree/modules" && return
	path=$(module_path "$name")
	if [ -z "$path" ]; then
		path=$(module_path "${name//_/-}")
	fi
	if [ -z "$path" ]; then
		grep -qE "/${name//_/[-_]}\.ko\$" "$modules/modules.builtin" && return
		die "the $flavour kernel has no module $name" "mend guest-userland/initramfs/modules.list"
	fi
	for dep in $(grep -az '^depends=' "$path" | tr '\0' '\n' | sed 's/^depends=//; s/,/ /g'); do
		add_module "$class" "$dep"
	done
	cp "$path" "$tree/m/$name.ko"
	echo "$class /m/$name.ko" >>"$tree/modules"
}

# make_initramfs FILE CLASS: without the modules of that class.
make_initramfs() {
	local class name only tree=$WORK/${1%.cpio}

	mkdir -p "$tree"/{dev,proc,root,m}
	: >"$tree/modules"
	musl-gcc -std=gnu17 -D_GNU_SOURCE -Os -static -s -Wall -Wextra -Werror -idirafter /usr/include \
		-idirafter /usr/include/x86_64-linux-gnu -o "$tree/init" "$GUEST/initramfs/init.c"
	while read -r class name only; do
		case $class in '' | '#'* | "$2") continue ;; esac
		if [ -z "$only" ] || [ "$only" = "$flavour" ]; then
			add_module "$class" "$name"
		fi
	done <"$GUEST/initramfs/modules.list"
	find "$tree" -exec touch -h -d @0 {} +
	# Not compressed: unpacking costs more than reading 600 KiB.
	(cd "$tree" && find . | sort | cpio -o -H newc -R 0:0 --reproducible --quiet) >"$WORK/$1"
}

fetch
deb=$(compgen -G "$debs/linux-image-*.deb" | sort -V | tail -n 1)
say UNPACK "${deb##*/}"
run_logged "$WORK/log" dpkg-deb -x "$deb" "$WORK/x" ||
	die "cannot unpack $deb" "check the free space, else remove $debs and try again"
version=$(basename "$WORK"/x/boot/vmlinuz-*)
version=${version#vmlinuz-}
modules=$WORK/x/lib/modules/$version
[ -d "$modules" ] || modules=$WORK/x/usr/lib/modules/$version
cp "$WORK/x/boot/vmlinuz-$version" "$WORK/vmlinuz"
cp "$WORK/x/boot/config-$version" "$WORK/config"
extract_vmlinux "$WORK/vmlinuz" "$WORK/vmlinux"
make_initramfs initramfs.cpio image
make_initramfs initramfs-image.cpio none
echo "$version" >"$WORK/version"
{
	dpkg-deb -f "$deb" Package Version
	echo "Package-SHA256: $(sha256sum <"$deb" | cut -d' ' -f1)"
	for file in vmlinuz vmlinux initramfs.cpio initramfs-image.cpio; do
		echo "$file: $(sha256sum <"$WORK/$file" | cut -d' ' -f1)"
	done
} >"$WORK/manifest"
for file in vmlinuz vmlinux initramfs.cpio initramfs-image.cpio config version; do
	publish "$WORK/$file" "$out/$file"
done
publish "$WORK/manifest" "$out/manifest" "$key"
say KERNEL "$out ($version)"
