#!/bin/bash
# SPDX-License-Identifier: MIT
# A disk image of the reference kernel boots by BIOS and GRUB alone, configures itself from a seed, and takes a
# key login; and two builds of it are the same bytes.
. "$(dirname "$0")/../lib/tap.sh"

export CACHE=${CACHE:?}
export HARNESS_CACHE=$CACHE
H=${B:-$TOP/build}/bin/harness
for tool in qemu-system-x86_64 qemu-img grub-mkimage mkfs.vfat mcopy ssh; do
	command -v $tool >/dev/null || skip_all "no $tool, run: make deps"
done
[ -e "$CACHE/image/static.img" ] || skip_all "no image yet, run: make image"
qemu=
# A machine that is gone must not take the test along.
trap '' PIPE
trap '[ -z "$qemu" ] || kill $qemu; rm -rf "$T"' EXIT

build() {
	"$H" image build --for=qemu --size=256 "$@"
}

# start DISK MACHINE...: in the background, its console in $T/console.
start() {
	local disk=$1

	shift
	: >"$T/console"
	mkfifo "$T/monitor.in" "$T/monitor.out"
	qemu-system-x86_64 -nodefaults -no-user-config -accel tcg -cpu max -m 512 -display none -no-reboot "$@" \
		-drive "file=$disk,format=raw,if=none,id=d,snapshot=on" -drive "file=$T/seed.img,format=raw,if=none,id=s" \
		-serial "file:$T/console" -chardev "pipe,id=m,path=$T/monitor" -mon chardev=m,mode=readline \
		-netdev "user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:0-:22" -device virtio-net-pci,netdev=n \
		>"$T/qemu.log" 2>&1 &
	qemu=$!
	exec 7>"$T/monitor.in" 8<"$T/monitor.out"
}

stop() {
	kill "$qemu"
	wait "$qemu"
	exec 7>&- 8<&-
	rm -f "$T"/monitor.*
	qemu=
}

# until_true COMMAND...: asked again until it holds, at most 200 s, while the machine runs.
until_true() {
	local end=$((SECONDS + 200))

	until "$@"; do
		if [ $SECONDS -ge $end ] || ! kill -0 "$qemu" 2>/dev/null; then
			cat "$T/qemu.log" && tail -n 30 "$T/console"
			return 1
		fi
		# Nothing tells a shell that a file grew: look again in a moment.
		read -r -t 0.2 <>"$T/never" || true
	done
}

ready() {
	grep -aq '^dragonconfig-ready ' "$T/console"
}

# The port that QEMU took for the guest's ssh server.
ask_port() {
	local line

	port=
	echo 'info usernet' >&7
	while read -r -t 20 line <&8; do
		port=$(sed -nE 's/.*HOST_FORWARD.* 127\.0\.0\.1 +([0-9]+) .* 22 .*/\1/p' <<<"$line")
		[ -z "$port" ] || return 0
	done
	return 1
}

login() {
	ssh -n -F none -i "$T/key" -p "$port" -o BatchMode=yes -o StrictHostKeyChecking=no -o LogLevel=ERROR \
		-o UserKnownHostsFile="$T/known" -o ConnectTimeout=20 root@127.0.0.1 "$@"
}

mkfifo "$T/never"
ssh-keygen -q -t ed25519 -N '' -C test -f "$T/key"
printf 'instance-id: i-image\nlocal-hostname: from-seed\n' >"$T/meta-data"
printf '#cloud-config\ndisable_root: false\nusers:\n- name: root\n  ssh_authorized_keys: ["%s"]\n' \
	"$(cat "$T/key.pub")" >"$T/user-data"
mkfs.vfat -n CIDATA -C "$T/seed.img" 1440 >/dev/null && mcopy -i "$T/seed.img" "$T/meta-data" "$T/user-data" ::

check "an image for QEMU" build -o "$T/one.raw"
check "a second one" build -o "$T/two.raw"
check "is the same bytes" cmp "$T/one.raw" "$T/two.raw"
rm -f "$T/two.raw"
check "its file system is clean" e2fsck -fn "$T/one.raw?offset=1048576"

start "$T/one.raw" -machine pc -vga std -device virtio-blk-pci,drive=d -device virtio-blk-pci,drive=s
check "BIOS and GRUB alone bring it to the agent, on virtio-blk" until_true ready
check "which found the seed" grep -aq '"instance_id":"i-image","source":"DataSourceNoCloud' "$T/console"
check "there is a port" ask_port
check "login with the seed's key" until_true login true
check "as root, on the seed's host" same "$(login 'echo $(id -un) $(hostname)')" "root from-seed"
check "the web server answers" same "$(login busybox wget -q -O - http://127.0.0.1/index.html | head -c 15)" \
	"<!doctype html>"
check "cloud-init status" same "$(login cloud-init status --wait)" "status: done"
stop

check "an image with GPT" build --table=gpt -o "$T/gpt.raw"
start "$T/gpt.raw" -machine q35 -device virtio-scsi-pci -device scsi-hd,drive=d -device scsi-hd,drive=s
check "GPT and virtio-scsi: to the agent as well" until_true ready
stop
finish
