#!/bin/bash
# SPDX-License-Identifier: MIT
# send-image.sh against a real ssh server, an ordinary process on loopback with keys of its own: what is written,
# what is sent again after a cut, what is refused.
. "$(dirname "$0")/../../guest-userland/lib/tap.sh"

send=$TOP/scripts/send-image.sh
for tool in ssh ssh-keygen dropbear dropbearkey setpriv prlimit; do
	command -v $tool >/dev/null || skip_all "no $tool, run: make deps"
done
compgen -G '/usr/lib/*/libnss_wrapper.so*' >/dev/null || skip_all "no libnss-wrapper, run: make deps"
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$T"' EXIT

home=$T/home
mkdir -p "$home/.ssh" "$home/ids"
ssh-keygen -q -t ed25519 -N '' -f "$T/key"
cp "$T/key.pub" "$home/.ssh/authorized_keys"
dropbearkey -t ed25519 -f "$home/host" >/dev/null 2>&1
uid=$(id -u) drop=()
if [ "$uid" -eq 0 ]; then
	uid=65534
	drop=(setpriv --reuid=$uid --regid=$uid --clear-groups)
fi
echo "tester:x:$uid:$uid::$home:/bin/sh" >"$T/passwd"
echo "tester:x:$uid:" >"$T/group"
chmod 755 "$T"
chmod 700 "$home/.ssh"
[ ${#drop[@]} -eq 0 ] || chown -R $uid:$uid "$home"

# A port that nobody has: the server ends at once when there is one who does.
listening() {
	(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}
start_server() {
	local end=$((SECONDS + 100))

	mkfifo "$T/never"
	while [ $SECONDS -lt $end ]; do
		port=$((20000 + RANDOM % 12000))
		! listening || continue
		# What a full disk does to a writer, a file's ceiling does too; without a signal it is an error.
		(trap '' XFSZ && exec env LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD="$T/passwd" NSS_WRAPPER_GROUP="$T/group" \
			"${drop[@]}" prlimit --fsize=$((16 << 20)) dropbear -F -E -s -r "$home/host" \
			-p "127.0.0.1:$port" -P "$home/pid") >"$T/server.log" 2>&1 &
		server=$!
		while kill -0 $server 2>/dev/null && [ $SECONDS -lt $end ]; do
			! listening || return 0
			read -r -t 0.05 <>"$T/never" || true
		done
		kill $server 2>/dev/null
		wait $server
	done
	server=
	return 1
}

run() {
	"$send" -p "$port" -i "$T/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile="$T/known" -o LogLevel=ERROR \
		"$@" >"$T/out" 2>&1
}

# says STATUS PATTERN ARGUMENT...
says() {
	local status=$1 pattern=$2

	shift 2
	fails "$status" run "$@" && grep -qE "$pattern" "$T/out" || { cat "$T/out" "$T/server.log" && return 1; }
}

start_server || { cat "$T/server.log" && skip_all "dropbear does not start here"; }
head -c $((10 << 20)) /dev/urandom >"$T/image"
head -c 1536 /dev/urandom >>"$T/image"
to=$home/disk
host=tester@127.0.0.1

check "a dry run says what would be sent" says 0 '^3 of 3 pieces differ' -n "$T/image" $host "$to"
check "and writes nothing" test ! -e "$to"
check "a whole image" says 0 '^[0-9a-f]{64}  ' "$T/image" $host "$to"
check "is there, byte for byte" cmp "$T/image" "$to"
check "nothing is sent twice" says 0 '^0 of 3 pieces' "$T/image" $host "$to"
printf 'x' | dd of="$to" bs=1 seek=$((5 << 20)) conv=notrunc status=none
check "one byte changed there: one piece" says 0 '^1 of 3 pieces' "$T/image" $host "$to"
check "and it is right again" cmp "$T/image" "$to"

# The connection loses everything after the first 5 MiB.
cat >"$T/cut" <<'END'
#!/bin/bash
case ${!#} in *"put "[0-9]*) head -c 5242880 | ssh "$@" ;; *) exec ssh "$@" ;; esac
END
# It changes what is sent.
cat >"$T/lie" <<'END'
#!/bin/bash
case ${!#} in *"put "[0-9]*) tr 'a' 'b' | ssh "$@" ;; *) exec ssh "$@" ;; esac
END
chmod +x "$T/cut" "$T/lie"
rm -f "$to"
check "cut on the way: told" env SSH="$T/cut" bash -c "! '$send' -p $port -i '$T/key' -o StrictHostKeyChecking=no \
	-o UserKnownHostsFile='$T/known' '$T/image' $host '$to' >'$T/out' 2>&1 && grep -q 'cut short' '$T/out'"
check "once more: the first piece is there" says 0 '^2 of 3 pieces' "$T/image" $host "$to"
check "and then all of it" cmp "$T/image" "$to"

# The program itself is killed, as soon as so much is under way; what it started ends with its pipe.
cat >"$T/kill" <<'END'
#!/bin/bash
case ${!#} in
*"put "[0-9]*)
	read -r pid <"$TELL"
	head -c 5242880 | ssh "$@"
	kill -KILL "$pid"
	;;
*) exec ssh "$@" ;;
esac
END
chmod +x "$T/kill"
mkfifo "$T/tell"
killed() {
	local pid

	TELL=$T/tell SSH=$T/kill "$send" -p "$port" -i "$T/key" -o StrictHostKeyChecking=no -o LogLevel=ERROR \
		-o UserKnownHostsFile="$T/known" "$T/image" $host "$to" >"$T/out" 2>&1 &
	pid=$!
	echo $pid >"$T/tell"
	wait $pid
	same $? 137
}
rm -f "$to"
check "killed on the way" killed
check "once more: it goes on from there" says 0 '^2 of 3 pieces' "$T/image" $host "$to"
check "and all of it is there" cmp "$T/image" "$to"
head -c $((20 << 20)) /dev/urandom >"$T/big"
check "no room for all of it: told by the system's own words" says 1 'piece 4: error writing.*File too large' \
	"$T/big" $host "$home/full"
check "and again" says 1 '^1 of 5 pieces differ' "$T/big" $host "$home/full"
rm -f "$to" "$home/full"
export SSH=$T/lie
check "changed on the way: the hash tells" says 1 'holds something else' "$T/image" $host "$to"
unset SSH

check "a disk by a path" says 1 "not an id|no disk|neither|by its id" "$T/image" $host /dev/null
check "an id that leads out" says 1 'not an id' "$T/image" $host ../../dev/null
check "no such id" says 1 'no disk nothing' "$T/image" $host nothing
check "no folder" says 1 'no folder' "$T/image" $host "$home/none/disk"
check "without a disk those that are there are listed" says 2 "^Disks of" "$T/image" $host
check "a name with quotes is a name" says 1 "no disk a'b;c" "$T/image" $host "a'b;c"
cp "$T/image" "$T/q" && printf 'QFI\xfb' | dd of="$T/q" conv=notrunc status=none
check "a qcow2 is not a disk's bytes" says 2 'qemu-img convert' "$T/q" $host "$to"
check "no image" says 2 'cannot read' "$T/absent" $host "$to"
check "an option for a host" says 2 'usage|not a host' "$T/image" -oProxyCommand=x "$to"

# A disk of this machine that is in use, by an id of ours; only looked at.
root=$(findmnt -nvo SOURCE -t ext4,xfs,btrfs,vfat | grep -m1 '^/dev/' || true)
name=$(basename "$(readlink -f "${root:-/none}")")
if [ -b "$root" ] && [ -e "/sys/class/block/$name" ]; then
	disk=$name
	[ ! -e "/sys/class/block/$name/partition" ] || disk=$(basename "$(dirname "$(readlink -f "/sys/class/block/$name")")")
	ln -s "/dev/$disk" "$home/ids/used"
	export IDS=$home/ids
	truncate -s 1M "$T/small"
	check "a disk in use is refused" says 1 'is mounted|is held|read-only' -n "$T/small" $host used
	truncate -s 4000G "$T/large" 2>/dev/null && check "one that is too small as well" says 1 'bytes, the image' -n "$T/large" $host used
	rm -f "$T/large"
	unset IDS
else
	skip_case "a disk in use is refused" "no disk is mounted here"
fi
finish
