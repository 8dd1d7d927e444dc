#!/bin/bash
# SPDX-License-Identifier: MIT
# Disk images of the reference kernel boot by BIOS and GRUB alone on machines like a cloud's, configure themselves by what
# that cloud tells them, take a key login and serve a page; and two builds are the same bytes, whenever, wherever
# and by whomever they are made. EVERY=yes: each cloud as it is built by default, each format, each lane (minutes).
. "$(dirname "$0")/../lib/tap.sh"

export CACHE=${CACHE:?}
export HARNESS_CACHE=$CACHE
H=${B:-$TOP/build}/bin/harness
for tool in qemu-system-x86_64 qemu-img grub-mkimage mkfs.vfat mcopy ssh-keygen; do
	command -v $tool >/dev/null || skip_all "no $tool, run: make deps"
done
[ -e "$CACHE/image/static.img" ] || skip_all "no image yet, run: make image"

build() {
	"$H" image build "$@"
}

# Somewhere else, by somebody else, at another time: nothing of that is in an image.
build_elsewhere() {
	(
		umask 077
		mkdir -p "$T/else where/x" && cd "$T/else where/x" || exit 1
		export TZ=Asia/Kathmandu LC_ALL=C.UTF-8 LANG=de_DE.UTF-8 HOME=/nonexistent TMPDIR=$T
		build "$@"
	)
}

# Where the last trial says that its console is.
console() {
	sed -n 's/^note .*the console: //p' "$T/try"
}

# comes_up ARGUMENT...: all that it can tell is told, and nothing else.
comes_up() {
	"$H" image try "$@" >"$T/try" 2>&1 && same "$(cut -d' ' -f1 "$T/try" | uniq -c | tr -s ' ')" " 4 ok" ||
		{ cat "$T/try" "$(console)" | tail -n 40 && return 1; }
}

from() {
	grep -q "^ok  *configure  *from $1" "$T/try" || { cat "$T/try" && return 1; }
}

# tells PATTERN STATUS ARGUMENT...
tells() {
	fails "$2" "$H" image try "${@:3}" >"$T/try" 2>&1 && grep -qE "$1" "$T/try" || { cat "$T/try" && return 1; }
}

# Each as somebody makes it who says nothing but for whom.
every_cloud() {
	local cloud file lane

	for cloud in qemu tencent aliyun huawei baidu; do
		check "an image for $cloud" build --for=$cloud -o "$T/image"
		check "which it takes" "$H" image inspect --for=$cloud "$T/image"
		check "which comes up there" comes_up --for=$cloud "$T/image"
		sed 's/^/# /' "$T/try"
	done
	for file in raw qcow2 vhd vmdk; do
		check "as $file" build --for=qemu --size=256 --format=$file -o "$T/image"
		check "it comes up" comes_up "$T/image"
	done
	if [ -e "$CACHE/image/debian.img" ]; then
		check "lane debian" build --for=tencent -o "$T/image" debian
		check "comes up" comes_up --for=tencent "$T/image"
	fi
	check "a kernel without init" build --for=qemu --size=256 --append=init=/nonexistent -o "$T/image"
	check "switches itself off, which is told" tells '^failed +boot +it switched itself off; last .*Power down' 1 "$T/image"
	rm -f "$(console)"
	check "one without a root" build --for=qemu --size=256 --append=rdinit=/nonexistent -o "$T/image"
	check "is told by its panic" tells '^failed +boot +kernel panic: VFS' 1 "$T/image"
	check "and where the root is" grep -q '^closed  *nocloud: the kernel finds no disk: it is on virtio-blk' "$T/try"
	rm -f "$(console)"
}

check "an image for QEMU" build --for=qemu --size=256 -o "$T/one.raw"
check "a second one, made otherwise" build_elsewhere --for=qemu --size=256 -o two.raw
check "is the same bytes" cmp "$T/one.raw" "$T/else where/x/two.raw"
rm -rf "$T/else where"
check "no folder of this host is in it" fails 1 grep -qaF "$CACHE/" "$T/one.raw"
check "its file system is clean" e2fsck -fn "$T/one.raw?offset=1048576"
check "it comes up by BIOS and GRUB alone" comes_up "$T/one.raw"
check "with a NoCloud seed" from DataSourceNoCloud
check "an image for Tencent" build --for=tencent --size=256 -o "$T/two.qcow2"
check "comes up there" comes_up --for=tencent "$T/two.qcow2"
check "from the CD" from DataSourceConfigDrive
check "an image with GPT for Huawei" build --for=huawei --size=256 --table=gpt --format=vmdk -o "$T/three.vmdk"
check "comes up there, on virtio-scsi" comes_up --for=huawei "$T/three.vmdk"
check "from the metadata service" from DataSourceOpenStack
truncate -s 1M "$T/zeros"
check "a disk that does not boot is told, within the limit" tells '^failed +boot +no word' 1 --limit=1 "$T/zeros"
check "and where its console is" test -e "$(console)"
rm -f "$(console)"
[ -z "${EVERY:-}" ] || every_cloud

finish
