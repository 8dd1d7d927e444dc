#!/bin/bash
# SPDX-License-Identifier: MIT
# harness image inspect: each thing that a cloud refuses is told of an image that has just that, and an image that
# wants another file opened is not opened.
. "$(dirname "$0")/../../guest-userland/lib/tap.sh"

B=${B:-$TOP/build}
export HARNESS_CACHE=$T/cache
H=$B/test/bin/harness
[ -x "$H" ] || H=$B/bin/harness
for tool in mke2fs debugfs sfdisk qemu-img prlimit; do
	command -v $tool >/dev/null || skip_all "no $tool, run: make deps"
done
uuid=0b8a2f0c-1111-4222-8333-444455556666
plain=has_journal,ext_attr,dir_index,filetype,extent,flex_bg,sparse_super,large_file

# image FEATURES [COMMAND]: $T/disk.img, from $T/tree after COMMAND changed that.
image() {
	rm -rf "$T/tree" "$T/disk.img" "$T/part.img"
	mkdir -p "$T/tree"/{boot/grub,etc/ssh,usr/sbin,root,var/lib/cloud,aliyun_custom_image}
	printf 'linux /boot/kernel root=UUID=%s rw\n' $uuid >"$T/tree/boot/grub/grub.cfg"
	printf 'UUID=%s / ext4 defaults 0 1\n' $uuid >"$T/tree/etc/fstab"
	printf '070701 m/virtio_pci.ko m/virtio_net.ko m/virtio_blk.ko' >"$T/tree/boot/initrd"
	printf 'root:*:1::::::\nsshd:!:1::::::\n' >"$T/tree/etc/shadow"
	printf 'PermitRootLogin prohibit-password\n' >"$T/tree/etc/ssh/sshd_config"
	: >"$T/tree/usr/sbin/dragonconfig"
	[ -z "${2:-}" ] || (cd "$T/tree" && eval "$2") || return 1
	truncate -s 15M "$T/part.img"
	mke2fs -q -F -t ext4 -b 4096 -I 256 -O "none,$1" -U $uuid -d "$T/tree" "$T/part.img" || return 1
	truncate -s 16M "$T/disk.img"
	printf 'label: dos\nstart=2048, type=83, bootable\n' | sfdisk -q "$T/disk.img" || return 1
	# The beginning of GRUB: its name, and where its second part is.
	printf 'GRUB' | poke 384
	printf '\x01' | poke 92
	printf 'core' | poke 512
	dd if="$T/part.img" of="$T/disk.img" bs=1M seek=1 conv=notrunc,sparse status=none
}

poke() {
	dd of="${2:-$T/disk.img}" bs=1 seek="$1" conv=notrunc status=none
}

inspect() {
	"$H" image inspect "$@" >"$T/out" 2>&1
}

# tells STATUS PATTERN ARGUMENT...
tells() {
	local status=$1 pattern=$2

	shift 2
	fails "$status" inspect "$@" && grep -qE "$pattern" "$T/out" || { cat "$T/out" && return 1; }
}

# refuses CLOUD PATTERN: and nothing else.
refuses() {
	tells 1 "^refused +$2" --for="$1" "$T/disk.img" && same "$(grep -c ^refused "$T/out")" 1
}

image $plain,64bit,metadata_csum
for cloud in qemu tencent huawei; do
	check "$cloud takes it" tells 0 '^ok +boot' --for=$cloud "$T/disk.img"
	check "$cloud has no doubt" fails 1 grep -qE '^(doubt|refused)' "$T/out"
done
check "Baidu does not take metadata_csum" refuses baidu 'ext4 +with metadata_csum'
check "Alibaba takes neither 64bit" tells 1 '^refused +ext4 +with 64bit' --for=aliyun "$T/disk.img"
check "nor so small a disk" grep -q '^refused  *size' "$T/out"
truncate -s 5121M "$T/disk.img"
check "a larger one it does" fails 1 grep -q '^refused  *size' <(inspect --for=aliyun "$T/disk.img"; cat "$T/out")
image $plain
check "Baidu takes it without" tells 0 '^ok +ext4' --for=baidu "$T/disk.img"

for format in qcow2:qcow2 vpc:vhd vmdk:vmdk; do
	qemu-img convert -f raw -O ${format%:*} "$T/disk.img" "$T/x"
	check "${format#*:} is looked into" tells 0 "^ok +format +${format#*:}," --for=huawei "$T/x"
	check "down to its files" grep -q '^ok  *agent  *DragonConfig' "$T/out"
done
check "Alibaba may not take vmdk" tells 1 '^doubt +format +vmdk' --for=aliyun "$T/x"

refused_when() {
	image $plain "$3"
	check "$1" refuses tencent "$2"
}
refused_when "a password" 'secrets +user joe has a password' "echo 'joe:\$6\$a\$b:1::::::' >>etc/shadow"
refused_when "no password at all" 'secrets +user joe needs no password' "echo 'joe::1::::::' >>etc/shadow"
refused_when "a host key" 'secrets +an ssh host key' "echo k >etc/ssh/ssh_host_rsa_key"
refused_when "dropbear's host key" 'secrets +an ssh host key' "mkdir etc/dropbear; echo k >etc/dropbear/dropbear_rsa_host_key"
refused_when "a machine-id" 'secrets +/etc/machine-id' "echo 0123456789abcdef0123456789abcdef >etc/machine-id"
refused_when "a key of root's" "secrets +somebody's key" "mkdir root/.ssh; echo ssh-ed25519 A >root/.ssh/authorized_keys"
refused_when "empty passwords over ssh" 'sshd +PermitEmptyPasswords' "echo PermitEmptyPasswords yes >>etc/ssh/sshd_config"
refused_when "another UUID in fstab" 'uuid +/etc/fstab' "echo UUID=11111111-1111-4111-8111-111111111111 / ext4 >etc/fstab"
refused_when "another UUID in grub.cfg" 'uuid +grub.cfg' "sed -i s/=0b8a/=0b8b/ boot/grub/grub.cfg"
refused_when "no agent" 'agent +no agent' "rm usr/sbin/dragonconfig"
refused_when "multiboot2 without 64bit" 'ext4 +without 64bit' "sed -i s/linux/multiboot2/ boot/grub/grub.cfg"
image $plain,64bit 'sed -i s/linux/multiboot2/ boot/grub/grub.cfg'
check "and with it" tells 0 '^ok +ext4' "$T/disk.img"
image $plain 'rm boot/initrd; echo PermitRootLogin yes >etc/ssh/sshd_config; mkdir var/lib/cloud/instances'
check "doubts: drivers" tells 0 '^doubt +drivers' "$T/disk.img"
check "doubts: passwords over ssh" grep -q '^doubt  *sshd' "$T/out"
check "doubts: booted before" grep -q '^doubt  *agent  *it has been booted' "$T/out"

image $plain
head -c 440 /dev/zero | poke 0
check "no boot code" refuses tencent 'boot +no boot code'
image $plain
printf '\x08' | poke 92
check "GRUB's second part is elsewhere" refuses tencent "boot +GRUB's first part"
image $plain
printf '\x00' | poke 92
check "or nowhere" refuses tencent "boot +GRUB's first part"
image $plain
printf '\xff\xff\xff\x7f' | poke 458
check "a partition past the end" tells 1 '^refused +partitions +partition 1' "$T/disk.img"
image $plain
printf '\x00\x08\x00\x00\x00\x08\x00\x00' | poke 470
printf '\x83' | poke 466
check "partitions that overlap" tells 1 '^refused +partitions +partitions 1 and 2 overlap' "$T/disk.img"
image $plain
printf '\x8e' | poke 450
check "LVM" tells 1 '^refused +root +LVM' "$T/disk.img"
head -c 2000000 /dev/zero >"$T/zero"
truncate -s 2M "$T/zero"
check "nothing but zeros" tells 1 '^refused +partitions +no partition table' "$T/zero"
image $plain
head -c 1024 /dev/urandom | poke $((1048576 + 1024))
check "a superblock of noise" tells 1 '^refused +root' "$T/disk.img"
image $plain
head -c 65536 /dev/urandom | poke $((1048576 + 4096))
check "group descriptors of noise end it, they do not crash it" fails 1 grep -q Sanitizer <(inspect "$T/disk.img"; cat "$T/out")
truncate -s 64M "$T/gpt.img"
printf 'label: gpt\nsize=1M, type=21686148-6449-6E6F-744E-656564454649\ntype=linux\n' | sfdisk -q "$T/gpt.img"
check "Tencent may not take GPT" tells 1 '^doubt +partitions +GPT' --for=tencent "$T/gpt.img"
check "GPT's linux partition has no file system" grep -q '^refused  *root  *no ext' "$T/out"
dd if=/dev/zero of="$T/gpt.img" bs=512 seek=1 count=1 conv=notrunc status=none
check "a GPT that is not there" tells 1 '^refused +partitions +the MBR speaks' "$T/gpt.img"

# Files that ask for others are not opened: status 2, and qemu-img is not even started.
echo secret >"$T/secret"
truncate -s 1M "$T/secret"
qemu-img create -q -f qcow2 -b "$T/secret" -F raw "$T/backed" 2M
check "a qcow2 over a backing file" tells 2 'backing file' "$T/backed"
qemu-img create -q -f qcow2 -o "data_file=$T/other" "$T/data" 2M
check "a qcow2 with its data elsewhere" tells 2 'another' "$T/data"
qemu-img create -q -f vmdk -o subformat=monolithicFlat "$T/flat.vmdk" 2M
check "a vmdk of several files" tells 2 'vmdk of several files' "$T/flat.vmdk"
qemu-img create -q -f vmdk "$T/base.vmdk" 2M
qemu-img create -q -f vmdk -b "$T/base.vmdk" -F vmdk "$T/child.vmdk"
check "a vmdk over a parent" tells 2 'over a parent' "$T/child.vmdk"
qemu-img create -q -f vmdk "$T/hollow.vmdk" 2M
printf '\0\0\0\0\0\0\0\0' | poke 12 "$T/hollow.vmdk"
check "a vmdk without a size" tells 2 'without a size' "$T/hollow.vmdk"
# QEMU reads the second sector, whatever the header says: what stands there counts.
cp "$T/child.vmdk" "$T/moved.vmdk"
qemu-img create -q -f vmdk "$T/plain.vmdk" 2M
dd if="$T/plain.vmdk" of="$T/moved.vmdk" bs=512 skip=1 count=1 seek=5 conv=notrunc status=none
printf '\x05' | poke 28 "$T/moved.vmdk"
check "a vmdk that shows another descriptor than the one that is read" tells 2 'second sector' "$T/moved.vmdk"
printf '\xff\xff\xff\xff\xff\xff\x7f\0' | poke 28 "$T/moved.vmdk"
check "or none at all" tells 2 'second sector' "$T/moved.vmdk"
qemu-img create -q -f vpc "$T/diff" 4M
printf '\x04' | poke $(($(stat -c %s "$T/diff") - 512 + 63)) "$T/diff"
check "a vhd over another" tells 2 'type 4' "$T/diff"
qemu-img create -q -f qcow2 "$T/huge" 2M
printf '\x7f\xff' | poke 24 "$T/huge"
check "a qcow2 of 8 EiB" tells 2 'not looked at' "$T/huge"
qemu-img convert -f raw -O qcow2 "$T/disk.img" "$T/cut"
truncate -s 600 "$T/cut"
check "a qcow2 that was cut" tells 1 '^refused +partitions +no partition' "$T/cut"
qemu-img create -q -f vhdx "$T/vhdx" 8M
check "a vhdx is not one of them" tells 2 'VHDX' "$T/vhdx"
: >"$T/empty"
check "an empty file" tells 2 'of 0 bytes' "$T/empty"
head -c 1000 /dev/zero >"$T/odd"
check "a file of no whole sectors" tells 2 'no disk image' "$T/odd"
printf x >"$T/byte"
check "one byte" tells 2 'no disk image' "$T/byte"
check "a folder" tells 2 'not a regular file' "$T"
check "a device" tells 2 'not a regular file' /dev/zero
gzip -c "$T/byte" >"$T/packed"
check "a file that is packed" tells 2 'packed by gzip' "$T/packed"
# cut FORMAT: of each length an error or a finding, and an end.
cut_to() {
	local size length status

	qemu-img convert -f raw -O "$1" "$T/disk.img" "$T/whole"
	size=$(stat -c %s "$T/whole")
	for length in 1 512 1536 $((size / 2)) $((size - 1)); do
		cp "$T/whole" "$T/cut"
		truncate -s "$length" "$T/cut"
		timeout 300 "$H" image inspect "$T/cut" >"$T/out" 2>&1
		status=$?
		# A qcow2 may end with bytes that nothing needs.
		[ $status -le 2 ] && [ -s "$T/out" ] && ! grep -q Sanitizer "$T/out" || {
			echo "$1 cut to $length: status $status" && cat "$T/out"
			return 1
		}
	done
}
for format in raw qcow2 vpc vmdk; do
	check "$format cut anywhere" cut_to $format
done
mkfifo "$T/fifo"
check "a pipe is not waited for" tells 2 'not a regular file' "$T/fifo"
check "no file" tells 2 'cannot open' "$T/absent"
check "no name" tells 2 'name an image' --for=qemu
check "no such cloud" tells 2 'no cloud "mars"' --for=mars "$T/disk.img"
check "an option of build" tells 2 'belongs to build' --size=300 "$T/disk.img"
check "nothing is left in the cache" same "$(ls "$T/cache/tmp")" ""
finish
