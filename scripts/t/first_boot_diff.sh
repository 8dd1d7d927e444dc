#!/bin/bash
# SPDX-License-Identifier: MIT
# The script that compares end states of two first-boot agents: it tells each kind of difference, allows what it
# says it allows and nothing beside it.
. "$(dirname "$0")/../../guest-userland/lib/tap.sh"
cd "$TOP" || exit 1

a=$T/a b=$T/b

# fresh: the same machine twice.
fresh() {
	rm -rf "$a" "$b"
	mkdir -p "$a"/etc/{sudoers.d,app} "$a"/home/alice/.ssh "$a"/run/bench/state "$a"/var/log \
		"$a"/var/lib/cloud/instances/i-1/sem
	echo 'root:x:0:0::/root:/bin/sh' >"$a/etc/passwd"
	printf '127.0.0.1 localhost\n127.0.1.1 web-1\n' >"$a/etc/hosts"
	echo 'alice ALL=(ALL) NOPASSWD:ALL' >"$a/etc/sudoers.d/90-cloud-init-users"
	printf 'ssh-ed25519 AAAA a\nssh-ed25519 BBBB b\n' >"$a/home/alice/.ssh/authorized_keys"
	chmod 600 "$a/home/alice/.ssh/authorized_keys"
	ln -s /usr/share/zoneinfo/Europe/Berlin "$a/etc/localtime"
	echo 'default via 10.0.2.2 dev eth0 onlink' >"$a/run/bench/state/route-4"
	echo 'fd00:2::/64 dev eth0 metric 256' >"$a/run/bench/state/route-6"
	echo 'eth0 inet 10.0.2.15/24 brd 10.0.2.255 scope global eth0' >"$a/run/bench/state/address-4"
	echo 'eth0: <UP> mtu 1400 state UP' >"$a/run/bench/state/link"
	echo '/dev/vda1 / ext4' >"$a/run/bench/state/mounts"
	echo '/swapfile file' >"$a/run/bench/state/swaps"
	: >"$a/run/bench/state/elsewhere"
	printf '# by us\nnameserver 10.0.2.3\n' >"$a/run/bench/state/resolv.conf"
	printf '2048\n2621440\n' >"$a/run/bench/state/partition"
	echo '300000 blocks of 4096' >"$a/run/bench/state/filesystem"
	echo 'root:$6$salt$hash:20000:0:99999:7:::' >"$a/etc/shadow"
	echo 'deploy:x:2001:alice' >"$a/etc/group"
	echo secret >"$a/etc/app/token" && chmod 600 "$a/etc/app/token"
	echo web-1 >"$a/run/bench/state/hostname"
	status '[]' done >"$a/run/bench/state/result.json"
	mkdir -p "$a"/etc/ssh
	echo 'ssh-ed25519 AAAAC3 root@web-1' >"$a/etc/ssh/ssh_host_ed25519_key.pub"
	printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb\n-----END OPENSSH PRIVATE KEY-----\n' >"$a/etc/ssh/ssh_host_ed25519_key"
	mkdir -p "$a"/run/cloud-init "$a"/var/lib/cloud/{data,instances/i-1/scripts}
	status '[]' done >"$a/run/cloud-init/result.json"
	echo '{"v1": {"cloud_id": "nocloud", "instance_id": "i-1", "local_hostname": "web", "public_ssh_keys": ["k"], "region": null}}' \
		>"$a/run/cloud-init/instance-data.json"
	echo i-1 >"$a/var/lib/cloud/data/instance-id"
	echo 12.3 >"$a/var/lib/cloud/instances/i-1/boot-finished"
	echo 'echo ran' >"$a/var/lib/cloud/instances/i-1/scripts/runcmd"
	echo done >"$a/var/lib/cloud/instances/i-1/sem/config_users_groups"
	echo done >"$a/var/lib/cloud/instances/i-1/sem/config_byobu"
	echo output >"$a/var/log/cloud-init-output.log" && chmod 640 "$a/var/log/cloud-init-output.log"
	status '[]' done >"$a/run/bench/state/status.json"
	cp -a "$a" "$b"
	mv "$b/etc/sudoers.d/90-cloud-init-users" "$b/etc/sudoers.d/90-cloud-init-alice"
}

status() {
	local end=2

	[ "$2" = done ] || end=null
	echo '{"v1": {"datasource": "DataSourceNoCloud [seed=/dev/vdb]", "stage": null,
		"init": {"errors": '"$1"', "start": 1, "finished": '$end'}}}'
}

diff_them() {
	# Behind the end of a tar file on a disk is the rest of the disk.
	tar --numeric-owner --owner=0 --group=0 -C "$a" -cf "$T/a.tar" . && truncate -s 1M "$T/a.tar"
	tar --numeric-owner --owner="${owner:-0}" --group=0 -C "$b" -cf "$T/b.tar" .
	python3 scripts/first_boot_diff.py "$T/a.tar" "$T/b.tar"
}

# told TEXT: it differs, and this is said, in one line and no other.
told() {
	local out got=0

	out=$(diff_them) || got=$?
	echo "$out"
	[ $got -eq 1 ] && [ "$(wc -l <<<"$out")" -eq 1 ] && [[ $out == *"$1"* ]]
}

owned_by() {
	local owner=$1

	fails 1 diff_them
}

fresh
check "the same, but for what is allowed" diff_them
printf '127.0.1.1   web-1\n\n127.0.0.1 localhost # us\n' >"$b/etc/hosts"
printf 'ssh-ed25519 BBBB b\nssh-ed25519 AAAA a\n' >"$b/home/alice/.ssh/authorized_keys"
echo 'default via 10.0.2.2 dev eth0 proto static' >"$b/run/bench/state/route-4"
check "order and space, where they mean nothing" diff_them
fresh && echo 'eve:x:0:0::/:/bin/sh' >>"$b/etc/passwd"
check "a line in a file" told "etc/passwd: content"
fresh && echo '10.0.0.1 other' >>"$b/etc/hosts"
check "a line in a file of which order is allowed" told "etc/hosts: content"
fresh && sed -i 1d "$b/home/alice/.ssh/authorized_keys"
check "a key" told "authorized_keys: content"
fresh && rm "$b/home/alice/.ssh/authorized_keys"
check "all keys" told "authorized_keys: missing"
fresh && chmod 644 "$b/home/alice/.ssh/authorized_keys"
check "a mode" told "authorized_keys: mode"
fresh && ln -sf /usr/share/zoneinfo/UTC "$b/etc/localtime"
check "a link" told "etc/localtime: content"
fresh && rm "$b/etc/localtime" && cp "$b/etc/hosts" "$b/etc/localtime" && chmod 777 "$b/etc/localtime"
check "a kind" told "etc/localtime: kind"
fresh && mkdir "$b/srv"
check "a folder more" told "srv: extra"
fresh && rm "$b/etc/passwd"
check "a file less" told "etc/passwd: missing"
fresh && sed -i s/C3/D4/ "$b/etc/ssh/ssh_host_ed25519_key.pub" && sed -i s/b3/c4/ "$b/etc/ssh/ssh_host_ed25519_key"
check "another host key is none" diff_them
fresh && sed -i s/AAAAC3/AA/ "$b/etc/ssh/ssh_host_ed25519_key.pub"
check "one that is too short" told "key.pub: content"
fresh && : >"$b/etc/ssh/ssh_host_ed25519_key"
check "an empty one" told "ed25519_key: content"
fresh && sed -i 's/hash/other/' "$b/etc/shadow"
check "a password" told "etc/shadow: content"
fresh && echo deploy:x:2001: >"$b/etc/group"
check "a member of a group" told "etc/group: content"
fresh && rm "$b/etc/app/token"
check "a file that was to be written" told "etc/app/token: missing"
fresh && echo >>"$b/etc/app/token"
check "a byte in it" told "etc/app/token: content"
fresh && chmod 640 "$b/etc/app/token"
check "its mode" told "etc/app/token: mode"
fresh && chmod 711 "$b/home/alice/.ssh"
check "a folder's mode" told "home/alice/.ssh: mode"
fresh && rm -r "$b/home/alice"
check "a home" same "$(diff_them | cut -d: -f1-2 | xargs)" \
	"home/alice: missing home/alice/.ssh: missing home/alice/.ssh/authorized_keys: missing"
fresh && echo 'bob ALL=(ALL) ALL' >>"$b/etc/sudoers.d/90-cloud-init-alice"
check "a rule of sudo" told "sudo: content"
fresh && echo 'default via 10.0.2.9 dev eth0' >"$b/run/bench/state/route-4"
check "a route" told "route-4: content"
fresh && : >"$b/run/bench/state/route-4"
check "no route" told "route-4: content"
fresh && sed -i s/fd00:2/fd00:3/ "$b/run/bench/state/route-6"
check "a route of IPv6" told "route-6: content"
fresh && sed -i s,/24,/16, "$b/run/bench/state/address-4"
check "an address" told "address-4: content"
fresh && sed -i s/1400/1500/ "$b/run/bench/state/link"
check "an MTU" told "link: content"
fresh && sed -i s/2.3/2.4/ "$b/run/bench/state/resolv.conf"
check "a name server" told "resolv.conf: content"
fresh && sed -i 's/# by us/# by them/' "$b/run/bench/state/resolv.conf"
check "a comment beside it is none" diff_them
fresh && sed -i s/2621440/2097152/ "$b/run/bench/state/partition"
check "a partition that did not grow" told "partition: content"
fresh && sed -i s/2621440/2621407/ "$b/run/bench/state/partition"
check "33 sectors are none" diff_them
fresh && sed -i s/300000/262144/ "$b/run/bench/state/filesystem"
check "a file system that did not" told "filesystem: content"
for file in mounts swaps elsewhere; do
	fresh && echo /more >>"$b/run/bench/state/$file"
	check "one more in $file" told "$file: content"
done
fresh && echo web-2 >"$b/run/bench/state/hostname"
check "a host name" told "hostname: content"
fresh && status '["it broke"]' done >"$b/run/bench/state/status.json"
check "an error in the status" told "status.json: content"
fresh && status '[]' cut >"$b/run/bench/state/status.json"
check "a stage that did not end" told "status.json: content"
fresh && sed -i s/NoCloud/OpenStack/ "$b/run/bench/state/status.json"
check "another source" told "status.json: content"
fresh && sed -i s/DataSourceNoCloud/DataSourceNoCloudLocal/ "$b/run/bench/state/status.json"
check "the same by its other name" diff_them
fresh && status '["it broke"]' done >"$b/run/bench/state/result.json"
check "an error in the result" told "result.json: content"
fresh && sed -i s/region/zone/ "$b/run/cloud-init/instance-data.json"
check "what else is told of the instance" diff_them
fresh && sed -i s/i-1/i-2/ "$b/run/cloud-init/instance-data.json"
check "another instance" told "instance-data.json: content"
fresh && sed -i 's/"web"/"www"/' "$b/run/cloud-init/instance-data.json"
check "another name" told "instance-data.json: content"
for file in run/cloud-init/result.json var/lib/cloud/{data/instance-id,instances/i-1/{boot-finished,scripts/runcmd,sem/config_users_groups}}; do
	fresh && rm "$b/$file"
	check "a file that others look for: ${file##*/}" told "$file: missing"
done
fresh && rm -r "$b/var/lib/cloud/instances/i-1/scripts" "$a/var/lib/cloud/instances/i-1/scripts/runcmd"
check "a folder that they look into" told "scripts: missing"
fresh && : >"$b/var/log/cloud-init-output.log"
check "a log without a word" diff_them
chmod 644 "$b/var/log/cloud-init-output.log"
check "but not one that everybody may read" told "output.log: mode"
fresh && rm "$b/var/log/cloud-init-output.log"
check "nor none" told "output.log: missing"
fresh && rm "$b/var/lib/cloud/instances/i-1/sem/config_byobu"
check "a mark that nobody looks for" diff_them
fresh && echo x >"$b/var/lib/cloud/instances/i-1/sem/more"
check "a mark more is allowed" diff_them
fresh && echo x >"$b/var/lib/cloud/instances/i-1/user-data"
check "but no other file there" told "user-data: extra"
fresh
check "an owner" owned_by 7
finish
