# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The reference kernel on a disk of a test's own, without the harness. Sourced after tap.sh.
CACHE=${CACHE:?}
ref=$CACHE/reference/cloud
command -v qemu-system-x86_64 >/dev/null || skip_all "no qemu-system-x86_64, run: make deps"
[ -e "$ref/manifest" ] || skip_all "no reference kernel, run: make image"

# More of QEMU's arguments; what is written to the disk is gone at the end unless this says "off".
machine=()
snapshot=on

# Without no_timer_check the kernel gives up ("IO-APIC + timer doesn't work") where the host is so busy that a timer's
# interrupts come too late.
# boot KERNEL DISK WORDS...: console text until the guest powers off, in $T/console
boot() {
	local kernel=$1 disk=$2

	shift 2
	timeout 300 qemu-system-x86_64 -nodefaults -no-user-config -accel tcg -cpu max -m 256 \
		-machine q35 -display none -serial stdio -no-reboot -kernel "$kernel" \
		-initrd "$ref/initramfs.cpio" -append "console=ttyS0 quiet panic=-1 no_timer_check $*" \
		-drive "file=$disk,format=raw,if=none,id=d,snapshot=$snapshot" \
		-device virtio-blk-pci,drive=d,disable-legacy=on,disable-modern=off \
		"${machine[@]}" </dev/null 2>&1 | tr -d '\r' >"$T/console"
}

says() {
	grep -E "$1" "$T/console" || {
		tail -n 15 "$T/console"
		return 1
	}
}
