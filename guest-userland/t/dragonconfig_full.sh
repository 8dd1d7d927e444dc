#!/bin/bash
# SPDX-License-Identifier: MIT
# `dragonconfig init` on a disk that is full, one without room for another name, and one that cannot be written
# to: it ends, says so, does what can be done, and spoils nothing.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/dragonconfig_root.sh"
unshare "${own[@]}" --mount --uts --net --pid --fork true 2>/dev/null || skip_all "this host allows no mounts of one's own"

# What a boot leaves is taken out of its name space into $T/left.
left=$T/left
says_ready() {
	grep -a "^dragonconfig-ready" "$left/dev/console" | tail -n 1 | grep -q "\"status\":\"$1\"" ||
		{ cat "$left/dev/console" && return 1; }
}
has_warning() {
	grep -q "$1" "$left/run/cloud-init/status.json" || { cat "$left/run/cloud-init/status.json" && return 1; }
}
no_litter() {
	test -e "$left/litter" && same "$(cat "$left/litter")" ""
}
holds_whole() {
	cmp "$left/etc/$1" "$GUEST/overlay-static/etc/$1"
}

# boot_on OPTIONS HOW [HOW]: the root is a small file system of its own, /run and /dev are others; HOW makes it what
# it is to be. Status 124: the program did not end.
boot_on() {
	rm -rf "$left" "$T/full" && mkdir -p "$left" "$T/full"
	export -f run_there close_it "$2"
	source=$R R=$T/full options=$1 how=$2 left=$left \
		unshare "${own[@]}" --mount --uts --net --pid --fork bash -c run_there
}

# shellcheck disable=SC2154
run_there() {
	local code

	mount -t tmpfs -o "$options" none "$R" && cp -a "$source/." "$R" &&
		mount -t tmpfs -o size=4m none "$R/run" && mount -t tmpfs -o size=4m none "$R/dev" || exit 99
	touch "$R/dev/null" "$R/dev/console"
	"$how" || exit 98
	timeout -s KILL 120 chroot "$R" /sbin/dragonconfig init >"$left/out" 2>&1
	code=$?
	cp -a "$R"/{etc,run,dev,tmp,var} "$left/"
	find "$R" -name '.*.new' >"$left/litter"
	exit "$code"
}

fill() {
	cat /dev/zero >"$R/fill" 2>/dev/null
	! echo x >"$R/more" 2>/dev/null
}
fill_names() {
	local i

	for ((i = 0; i < 10000; i++)); do
		true 2>/dev/null >"$R/var/tmp-$i" || return 0
	done
	return 1
}
close_it() {
	mount -o remount,bind,ro "$R"
}
close_all() {
	close_it && mount -o remount,bind,ro "$R/run"
}
boot_then_close() {
	chroot "$R" /sbin/dragonconfig init >"$left/first" 2>&1
	rm -rf "$R"/run/* "$R/tmp/ran" && : >"$R/dev/console" && close_it
}

new_root
echo 'instance-id: i-1' >"$seed/meta-data"
cat >"$seed/user-data" <<'EOF'
#cloud-config
hostname: web-1
users: [{name: alice, plain_text_passwd: geheim, ssh_authorized_keys: [ssh-rsa AAAA]}]
chpasswd: {expire: false, list: ["root:geheim"]}
write_files: [{path: /etc/a, content: "one\n"}, {path: /etc/hosts, append: true, content: "more\n"}]
runcmd: [echo ran >/dev/ran, echo ran >/tmp/ran]
EOF
mkdir -p "$R/etc/ssh"

check "a full disk: degraded" fails 2 boot_on size=6m fill
check "the ready line says so" says_ready degraded
check "the status says why" has_warning 'No space left on device'
check "and that it is not remembered" has_warning 'the next boot does it again'
for file in passwd shadow; do
	check "$file is whole" holds_whole "$file"
done
check "nothing half-made stays" no_litter
check "commands ran" test -s "$left/dev/ran"
check "no secret in what could not be logged" bash -c "! grep -q geheim '$left/out'"

check "no room for names: degraded" fails 2 boot_on nr_inodes=200 fill_names
check "the ready line says so" says_ready degraded
check "passwd is whole" holds_whole passwd
check "nothing half-made stays" no_litter

check "a root that cannot be written to: degraded" fails 2 boot_on size=6m close_it
check "the ready line says so" says_ready degraded
check "the status says why" has_warning 'Read-only file system'
check "passwd is whole" holds_whole passwd
check "commands ran" test -s "$left/dev/ran"

check "nothing at all that can be written to: an error, but an end" fails 1 boot_on size=6m close_all
check "the ready line says so" says_ready error

check "a root that was set up, and cannot be written to now: fine" fails 0 boot_on size=8m boot_then_close
check "the ready line says so" says_ready done
check "and nothing is done twice" test ! -e "$left/tmp/ran"
finish
