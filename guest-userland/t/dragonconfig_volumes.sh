#!/bin/bash
# SPDX-License-Identifier: MIT
# Sources on disks, CDs and in the image itself: which one wins, and what is made of it. Disks are files in
# the root's /dev, /proc/partitions names them.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/dragonconfig_root.sh"
PATH=$PATH:/sbin:/usr/sbin
for tool in xorriso mkfs.vfat mcopy mke2fs; do
	command -v $tool >/dev/null || skip_all "there is no $tool"
done

in=$T/in
log=$R/var/log/cloud-init.log

# fresh DEVICE...: a root without a seed, whose kernel has these.
fresh() {
	local d

	new_root
	rm -r "$seed"
	rm -rf "$in" && mkdir -p "$in"
	printf 'major minor  #blocks  name\n\n' >"$R/proc/partitions"
	for d; do printf ' 254 0 1440 %s\n' "$d" >>"$R/proc/partitions"; done
}

# cd_of DEVICE LABEL, fat_of DEVICE LABEL: with what is in $in.
cd_of() {
	xorriso -as mkisofs -quiet -V "$2" -J -R -o "$R/dev/$1" "$in" >/dev/null 2>&1
}

fat_of() {
	rm -f "$R/dev/$1"
	mkfs.vfat -n "$2" -C "$R/dev/$1" 1440 >/dev/null 2>&1 && mcopy -i "$R/dev/$1" -s "$in"/* ::
}

nocloud() {
	printf 'instance-id: %s\nlocal-hostname: %s\n' "$1" "$2" >"$in/meta-data"
	printf '#cloud-config\nwrite_files: [{path: /etc/from, content: "%s"}]\n' "$1" >"$in/user-data"
}

openstack() {
	local v=$in/openstack/$1

	mkdir -p "$v"
	echo '{"uuid": "'"$2"'", "hostname": "os.novalocal", "public_keys": {"k": "ssh-ed25519 AAAAos k"}}' \
		>"$v/meta_data.json"
	printf '#cloud-config\nwrite_files: [{path: /etc/from, content: "%s"}]\n' "$1" >"$v/user_data"
}

source_is() {
	same "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["v1"]["datasource"])' \
		"$R/run/cloud-init/status.json")" "$1"
}

hash_of_root() {
	sed -n 's/^root:\([^:]*\):.*/\1/p' "$R/etc/shadow"
}

fresh sr0
nocloud i-cd cd-1
cd_of sr0 CIDATA
check "a CD of NoCloud" fails 0 init
check "its user data" holds "$R/etc/from" i-cd
check "its host name" holds "$R/etc/hostname" cd-1
check "which it was" source_is 'DataSourceNoCloud [seed=/dev/sr0]'
check "and why" grep -q 'iso9660 of /dev/sr0, label CIDATA, has meta-data and user-data' "$log"

fresh vda vdb
nocloud i-fat fat-1
fat_of vdb CIDATA
head -c 100000 /dev/urandom >"$R/dev/vda"
check "a FAT of NoCloud beside a disk of noise" fails 0 init
check "its user data" holds "$R/etc/from" i-fat

fresh vda
nocloud i-any any-1
fat_of vda WHATEVER
check "another label is not looked at" fails 2 init
echo 'quiet ds=nocloud;s=/dev/vda;h=word' >"$R/proc/cmdline"
rm -rf "$R/run"/*
check "unless the kernel's command line names the disk" fails 0 init
check "whose other words count too" holds "$R/etc/hostname" word

fresh sr0 vdb
openstack 2018-08-27 os-1
openstack 2012-08-10 os-old
cd_of sr0 config-2
rm -r "${in:?}"/* && nocloud i-seed seed-1 && fat_of vdb CIDATA
check "NoCloud and ConfigDrive" fails 0 init
check "the former wins" source_is 'DataSourceNoCloud [seed=/dev/vdb]'
rm "$R/dev/vdb" && rm -rf "$R/run"/* "$R/etc/from"
check "ConfigDrive alone" fails 0 init
check "it wins" source_is 'DataSourceConfigDrive [ver=2][source=/dev/sr0]'
check "by its newest version" holds "$R/etc/from" 2018-08-27
check "its id" holds "$data/data/instance-id" os-1
check "its host name, without a domain" holds "$R/etc/hostname" os
check "its key" has_line "$R/root/.ssh/authorized_keys" "ssh-ed25519 AAAAos k"

fresh vdb
openstack latest os-2
rm "$in/openstack/latest/user_data"
echo '{"cloud-init": ["#cloud-config\nwrite_files: [{path: /etc/v1, content: a}]", "#!/bin/sh\necho b >/etc/v2"]}' \
	>"$in/openstack/latest/vendor_data.json"
echo '"#!/bin/sh\necho c >/etc/v3"' >"$in/openstack/latest/vendor_data2.json"
fat_of vdb CONFIG-2
check "a FAT of an unknown version, without user data" fails 0 init
check "vendor data: a list" holds "$R/etc/v1" a
check "vendor data: its scripts" same "$(cat "$R/etc/v2" 2>&1)" b
check "vendor data: the second file" same "$(cat "$R/etc/v3" 2>&1)" c

fresh sr0
openstack latest qc-1
mkdir -p "$in/qcloud_action"
printf 'hostname=VM-0-2\npassword="$6$salt$abcdef"\neth0_ip_addr=10.0.0.2\n' >"$in/qcloud_action/os.conf"
cd_of sr0 config-2
check "Tencent's CD: the network that it says meets no interface here" fails 2 init
check "and nothing else is wrong" same "$(grep WARNING "$R/var/log/cloud-init.log" | sed 's/.*: network/network/')" \
	"network: no interface matches number 1 of the plan (eth0)"
check "the hash is root's" same "$(hash_of_root)" '$6$salt$abcdef'
check "the drive's own words count first" holds "$R/etc/hostname" os
sed -i 's/^root:[^:]*/root:$6$of$user/' "$R/etc/shadow" && rm -rf "$R/run"/*
check "the next boot" fails 2 init
check "leaves a password that was changed" same "$(hash_of_root)" '$6$of$user'
check "no log has it" bash -c "! grep -r abcdef '$R/var/log' '$R/run'"
rm -r "$in/openstack"
echo 'eth0_mac_addr=52:54:00:AA:00:01' >>"$in/qcloud_action/os.conf"
cd_of sr0 other && rm -rf "$R/run"/*
check "without a drive's folders" fails 2 init
check "it is a source of its own" source_is 'DataSourceTencentCloud [os.conf=/dev/sr0]'
check "whose id is made of its card's" holds "$data/data/instance-id" tencent-525400aa0001
check "and whose host name counts" holds "$R/etc/hostname" VM-0-2
sed -i 's/^password=.*/password=klartext/' "$in/qcloud_action/os.conf"
echo 'instance_id=other' >>"$in/qcloud_action/os.conf"
cd_of sr0 other && rm -rf "$R/run"/*
check "a password that is no hash is told" fails 2 init
check "and not set" bash -c "! grep -r klartext '$R/etc/shadow' '$R/var/log' '$R/run'"

fresh
mkdir "$R/aliyun_custom_image"
conf=$R/aliyun_custom_image/os.conf
printf 'hostname=ali-1\npassword=%s\neth0_mac_addr=00:16:3e:00:00:01\n' "$(printf geheim | base64)" >"$conf"
chmod 600 "$conf"
check "Alibaba's file" fails 0 init
check "it is the source" source_is 'DataSourceAliYun [os.conf=/aliyun_custom_image/os.conf]'
check "host name" holds "$R/etc/hostname" ali-1
check "the password is hashed" grep -qE '^root:\$6\$[^$]+\$[^:]{86}:' "$R/etc/shadow"
check "and gone from the file" holds "$conf" $'hostname=ali-1\neth0_mac_addr=00:16:3e:00:00:01'
check "which keeps its mode" same "$(stat -c %a "$conf")" 600
check "no log has it" bash -c "! grep -rE 'geheim|Z2VoZWlt' '$R/var/log' '$R/run' '$data'"
before=$(hash_of_root)
rm -rf "$R/run"/*
check "the next boot" fails 0 init
check "changes no password" same "$(hash_of_root)" "$before"
printf 'password=%s\n' "$(printf anders | base64)" >>"$conf"
rm -rf "$R/run"/*
check "a new one in the file" fails 0 init
check "is set" bash -c '[ "$1" != "$2" ]' _ "$(hash_of_root)" "$before"
echo 'password=!!!' >>"$conf"
rm -rf "$R/run"/*
check "one that is no base64 is told" fails 2 init

fresh sr0 vda
nocloud i-x x
cd_of sr0 cidata
truncate -s 40K "$R/dev/sr0"
fat_of vda CIDATA
truncate -s 10K "$R/dev/vda"
check "volumes that end too early are no source" fails 2 init
check "which tells so" grep -q 'no source of configuration' "$R/run/cloud-init/status.json"

# The kernel's ext4, where this one can be asked: a disk of its own, mounted in a name space of its own.
disk=
attach() {
	mke2fs -q -t ext4 -L cidata -d "$in" "$T/ext4" 4M >/dev/null 2>&1 &&
		disk=$(losetup -f --show -r "$T/ext4" 2>/dev/null) && cp -a "$disk" "$R/dev/vda" && mkdir -p "$T/mnt" &&
		unshare --mount mount -t ext4 -o ro,noload "$disk" "$T/mnt" 2>/dev/null
}
init_mounting() {
	unshare --mount --uts --net --pid --fork chroot "$R" /sbin/dragonconfig init
}
fresh vda
nocloud i-ext4 e
if [ "$(id -u)" -eq 0 ] && attach; then
	check "an ext4 of NoCloud" fails 0 init_mounting
	check "its user data" holds "$R/etc/from" i-ext4
	check "is mounted no more" bash -c "! grep -q '$R' /proc/mounts"
	losetup -d "$disk"
	fresh vda
	nocloud i-link l && ln -sf /etc/shadow "$in/user-data"
	attach
	check "links on it lead nowhere" fails 2 init_mounting
	check "and are told" grep -q 'user-data: cannot read' "$log"
	losetup -d "$disk"
else
	[ -z "$disk" ] || losetup -d "$disk"
	skip_case "an ext4 of NoCloud" "no loop devices here, or no ext4"
fi
finish
