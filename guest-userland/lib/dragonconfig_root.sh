# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A root of its own, with a host name of its own, for tests of `dragonconfig init`. Sourced after tap.sh.
B=${B:-$TOP/build}
CACHE=${CACHE:-$B/cache}
busybox=$CACHE/static/busybox/root/bin/busybox

[ -x "$busybox" ] || skip_all "there is no static busybox yet: make image"
# As root owners are real; without, only root is there.
own=()
[ "$(id -u)" -eq 0 ] || own=(--user --map-root-user)
unshare "${own[@]}" --uts --net --pid --fork true 2>/dev/null || skip_all "this host allows no namespaces"

R=$T/root
seed=$R/var/lib/cloud/seed/nocloud
data=$R/var/lib/cloud

new_root() {
	local tool

	rm -rf "$R"
	mkdir -p "$R"/{bin,sbin,etc,dev,proc,run,tmp,root,var/log} "$seed"
	cp "$busybox" "$R/bin/"
	for tool in sh cat echo env touch id hostname; do ln -s busybox "$R/bin/$tool"; done
	cp "$B/guest/dragonconfig" "$R/sbin/"
	cp "$GUEST"/overlay-static/etc/{passwd,group,shadow} "$R/etc/"
	chmod 640 "$R/etc/shadow"
	echo 127.0.0.1 localhost >"$R/etc/hosts"
	mkfifo "$R/dev/none" && touch "$R/dev/null" "$R/dev/console"
}

# inside COMMAND...: in that root, the host's name left alone.
inside() {
	unshare "${own[@]}" --uts --net --pid --fork chroot "$R" "$@"
}

init() {
	inside /sbin/dragonconfig init
}

holds() {
	same "$(cat "$1")" "$2"
}

has_line() {
	grep -qxF -- "$2" "$1" || { cat "$1" && return 1; }
}

mode_of() {
	same "$(stat -c %a "$R/$1")" "$2"
}
