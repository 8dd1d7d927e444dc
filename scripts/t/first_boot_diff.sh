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
	mkdir -p "$a"/etc/sudoers.d "$a"/home/alice/.ssh "$a"/run/bench/state "$a"/var/log
	echo 'root:x:0:0::/root:/bin/sh' >"$a/etc/passwd"
	printf '127.0.0.1 localhost\n127.0.1.1 web-1\n' >"$a/etc/hosts"
	echo 'alice ALL=(ALL) NOPASSWD:ALL' >"$a/etc/sudoers.d/90-cloud-init-users"
	printf 'ssh-ed25519 AAAA a\nssh-ed25519 BBBB b\n' >"$a/home/alice/.ssh/authorized_keys"
	chmod 600 "$a/home/alice/.ssh/authorized_keys"
	ln -s /usr/share/zoneinfo/Europe/Berlin "$a/etc/localtime"
	echo 'default via 10.0.2.2 dev eth0 onlink' >"$a/run/bench/state/route-4"
	echo web-1 >"$a/run/bench/state/hostname"
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
fresh && echo 'bob ALL=(ALL) ALL' >>"$b/etc/sudoers.d/90-cloud-init-alice"
check "a rule of sudo" told "sudo: content"
fresh && echo 'default via 10.0.2.9 dev eth0' >"$b/run/bench/state/route-4"
check "a route" told "route-4: content"
fresh && echo web-2 >"$b/run/bench/state/hostname"
check "a host name" told "hostname: content"
fresh && status '["it broke"]' done >"$b/run/bench/state/status.json"
check "an error in the status" told "status.json: content"
fresh && status '[]' cut >"$b/run/bench/state/status.json"
check "a stage that did not end" told "status.json: content"
fresh
check "an owner" owned_by 7
finish
