#!/bin/bash
# SPDX-License-Identifier: MIT
# The disks are what both kernels accept, hold what the scenarios count on, and are made once.
. "$(dirname "$0")/../lib/tap.sh"

export CACHE=${CACHE:?}
keys=$CACHE/image/keys

# fs LANE COMMAND: debugfs on the lane's file system
fs() {
	debugfs -R "$2" "$CACHE/image/$1.img?offset=1048576" 2>/dev/null
}

super() {
	dumpe2fs -h "$CACHE/image/$1.img?offset=1048576" 2>/dev/null | sed -n "s/^$2:[ \t]*//p"
}

# owner_mode LANE PATH...: "MODE UID:GID " of each
owner_mode() {
	local lane=$1 path

	shift
	for path; do
		fs "$lane" "stat $path" | tr -s ' ' | awk '
			match($0, /Mode: [0-7]+/) { m = substr($0, RSTART + 6, RLENGTH - 6) }
			match($0, /User: [0-9]+ Group: [0-9]+/) {
				split(substr($0, RSTART, RLENGTH), w, " "); u = w[2] ":" w[4] }
			END { printf "%s %s ", m, u }'
	done
}

partition() {
	sfdisk -d "$CACHE/image/$1.img" | sed -n 's/.*start= *\([0-9]*\),.*type=\([0-9]*\).*/\1 \2/p'
}

bodies_match() {
	fs "$1" "dump /srv/www/16m.bin $T/16m.bin"
	grep ' 16m.bin$' "$CACHE/image/www.sha256" | (cd "$T" && sha256sum -c) &&
		fs "$1" "cat /srv/www/SHA256SUMS" | cmp - "$CACHE/image/www.sha256"
}

password_opens() {
	local hash

	hash=$(fs "$1" "cat /etc/shadow" | sed -n 's/^tester:\([^:]*\):.*/\1/p')
	same "$(openssl passwd -6 -salt "$(cut -d'$' -f3 <<<"$hash")" -stdin <"$keys/password")" "$hash"
}

is_static() {
	fs static "dump $1 $T/prog"
	readelf -hW "$T/prog" && ! readelf -lW "$T/prog" | grep -E 'INTERP|DYNAMIC'
}

# Nothing is made again, and nothing said.
made_once() {
	local img=$CACHE/image/$1.img before

	before=$(stat -c '%i %Y' "$img")
	same "$("$GUEST/image.sh" "$1" 2>&1)" "" && same "$(stat -c '%i %Y' "$img")" "$before"
}

# Not rebuilt for what is put in later; rebuilt for what it holds.
keyed() {
	local copy=$T/copy/guest-userland before

	mkdir -p "$T/copy" && cp -rp "$GUEST" "$T/copy/"
	before=$("$GUEST/image.sh" static --key)
	same "$("$copy/image.sh" static --key)" "$before" || return 1
	mkdir -p "$copy/agent" && echo 'int x;' >"$copy/agent/x.c"
	same "$("$copy/image.sh" static --key)" "$before" || return 1
	echo '# more' >>"$copy/overlay/etc/hosts"
	[ "$("$copy/image.sh" static --key)" != "$before" ]
}

for lane in static debian; do
	img=$CACHE/image/$lane.img
	if [ ! -e "$img" ]; then
		skip_case "lane $lane" "no image on this host, make image says why"
		continue
	fi
	check "$lane: MBR, one partition at 1 MiB of type 83" same "$(partition $lane)" "2048 83"
	check "$lane: just these features" same \
		"$(super $lane 'Filesystem features' | tr ' ' '\n' | sort | tr '\n' ' ')" \
		"64bit dir_index dir_nlink ext_attr extent extra_isize filetype flex_bg has_journal huge_file large_file metadata_csum sparse_super "
	check "$lane: blocks of 4096" same "$(super $lane 'Block size')" 4096
	check "$lane: inodes of 256" same "$(super $lane 'Inode size')" 256
	check "$lane: 64 MiB free" test "$(super $lane 'Free blocks')" -ge 16384
	check "$lane: clean" e2fsck -fn "$img?offset=1048576"
	check "$lane: sparse" test "$(du -k "$img" | cut -f1)" -lt 250000
	check "$lane: mount points" same "$(owner_mode $lane /dev /dev/pts /proc /sys /run /harness /tmp)" \
		"0755 0:0 0755 0:0 0755 0:0 0755 0:0 0755 0:0 0755 0:0 01777 0:0 "
	check "$lane: the user's files are the user's" same \
		"$(owner_mode $lane /home/tester /home/tester/.ssh /home/tester/.ssh/authorized_keys)" \
		"0755 1000:1000 0700 1000:1000 0600 1000:1000 "
	check "$lane: shadow" same "$(owner_mode $lane /etc/shadow)" "0640 0:42 "
	check "$lane: key in place" cmp "$keys/id_ed25519.pub" \
		<(fs $lane "cat /home/tester/.ssh/authorized_keys")
	check "$lane: password in place" password_opens $lane
	check "$lane: bodies are those the host knows" bodies_match $lane
	check "$lane: no host key" same "$(fs $lane 'ls -p /etc/ssh' | grep -c ssh_host)" 0
	check "$lane: made once" made_once $lane
done
if [ -e "$CACHE/image/debian.img" ]; then
	check "debian: set-uid bits kept" same "$(owner_mode debian /usr/bin/passwd)" "04755 0:0 "
fi
for prog in /bin/busybox /usr/sbin/dropbear /usr/sbin/nginx; do
	check "static: $prog needs no loader" is_static $prog
done
check "keys are private" same \
	"$(stat -c '%a' "$keys" "$keys/id_ed25519" "$keys/password" | tr '\n' ' ')" "700 600 600 "
check "key of the image: what it holds, not what is put in later" keyed
finish
