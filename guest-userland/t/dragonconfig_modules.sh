#!/bin/bash
# SPDX-License-Identifier: MIT
# What single modules of `dragonconfig init` do, in a root of its own.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/dragonconfig_root.sh"

log=$R/var/log/cloud-init.log

# fresh: an instance whose user data is on standard input.
fresh() {
	new_root
	echo 'instance-id: i-1' >"$seed/meta-data"
	cat >"$seed/user-data"
}

warns() {
	grep -q "WARNING.*$1" "$log" || { cat "$log" && return 1; }
}

zones=$R/usr/share/zoneinfo
fresh <<'END'
#cloud-config
locale: de_DE.UTF-8
timezone: Europe/Berlin
END
mkdir -p "$zones/Europe" && echo 'TZif2' >"$zones/Europe/Berlin"
check "locale and timezone" fails 0 init
check "the locale" holds "$R/etc/default/locale" 'LANG="de_DE.UTF-8"'
check "the zone's name" holds "$R/etc/timezone" Europe/Berlin
check "the zone" same "$(readlink "$R/etc/localtime")" /usr/share/zoneinfo/Europe/Berlin
fresh <<'END'
#cloud-config
locale: "C;reboot"
locale_configfile: /etc/locale.conf
timezone: Europe
END
mkdir -p "$zones/Europe"
check "a locale that is none, a folder of zones" fails 2 init
check "is told" warns 'locale: line 2: not a name'
check "so is that" warns 'timezone: there is no such zone'
check "nothing came of either" test ! -e "$R/etc/locale.conf" -a ! -e "$R/etc/localtime"
fresh <<'END'
#cloud-config
locale: C.UTF-8
locale_configfile: /etc/locale.conf
END
check "a file of its own for the locale" fails 0 init
check "has it" holds "$R/etc/locale.conf" 'LANG="C.UTF-8"'

# Who a machine is: what is said, what is remembered, what a person changed.
fresh <<'END'
#cloud-config
hostname: web-1
manage_etc_hosts: yes please
resolv_conf: {nameservers: [10.1.1.1]}
END
check "words that are none" fails 2 init
check "hosts" warns 'manage_etc_hosts: line 3: neither true nor false'
check "resolv_conf without its other half" warns 'resolv_conf: line 4: it has no effect without manage_resolv_conf: true'
check "nothing came of either" test ! -e "$R/etc/resolv.conf" -a "$(cat "$R/etc/hosts")" = "127.0.0.1 localhost"
echo by-hand >"$R/etc/hostname"
check "another name, by hand" fails 2 init
check "stays" holds "$R/etc/hostname" by-hand
sed -i s/web-1/web-2/ "$seed/user-data"
check "whatever the source says then" fails 2 init
check "it stays" holds "$R/etc/hostname" by-hand
echo 'instance-id: i-2' >"$seed/meta-data"
check "another instance" fails 2 init
check "has its own" holds "$R/etc/hostname" web-2
sed -i s/web-2/web-3/ "$seed/user-data"
check "which the source may change" fails 2 init
check "as long as nobody else does" holds "$R/etc/hostname" web-3
fresh <<'END'
#cloud-config
manage_etc_hosts: true
manage_resolv_conf: true
END
check "hosts and resolv_conf of nothing" fails 2 init
check "no name" warns 'manage_etc_hosts: nobody has told'
check "no servers" warns 'manage_resolv_conf: there is no resolv_conf'

# A script of each kind, told by the order in which it ran.
part() {
	printf -- '--b\nContent-Type: text/%s\nContent-Disposition: attachment; filename="%s"\n\n' "$1" "$2"
	[ "$1" = cloud-config ] || printf '#!/bin/sh\necho %s >>/tmp/order\n' "$2"
}
mime() {
	printf 'Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n'
}
fresh < <(
	mime
	part x-shellscript user
	part x-shellscript-per-once once
	part x-shellscript-per-boot boot
	part x-shellscript-per-instance instance
	part cloud-config config
	printf '#cloud-config\nruncmd: [echo runcmd >>/tmp/order, cp /etc/late /tmp/late]\nbootcmd:\n'
	printf ' - "echo bootcmd >>/tmp/order; ! test -e /etc/early"\nwrite_files:\n'
	printf ' - {path: /etc/early, content: e}\n - {path: /etc/late, content: l, defer: true}\n--b--\n'
)
ln -s busybox "$R/bin/cp" && ln -s busybox "$R/bin/test"
{ mime && part x-shellscript vendor && part x-shellscript-per-once vendor-once && echo --b--; } >"$seed/vendor-data"
check "a script of each kind" fails 0 init
check "in cloud-init's order" same "$(tr '\n' ' ' <"$R/tmp/order")" \
	"bootcmd vendor vendor-once once boot instance runcmd user "
check "runcmd sees late files" test -e "$R/tmp/late"

# The machine that goes off is a name space of its own; its first process sees to that. init_and_wait FILE: until
# it is there, or the machine is gone.
init_and_wait() {
	inside /bin/busybox timeout 60 /bin/sh -c \
		"/sbin/dragonconfig init >/tmp/code; until test -s $1; do busybox usleep 20000; done"
}
power() {
	printf '#cloud-config\npower_state: {%s}\n' "$1" | fresh
	ln -s busybox "$R/bin/test" && ln -s busybox "$R/bin/false"
	printf '#!/bin/sh\ncat /run/cloud-init/result.json >/tmp/result\necho "$0" >/tmp/power\n' >"$R/sbin/poweroff"
	chmod 755 "$R/sbin/poweroff"
}
power 'mode: poweroff, message: Good night, condition: "test -e /etc/passwd"'
check "power_state" fails 0 init_and_wait /tmp/power
check "the program of that name is run" holds "$R/tmp/power" /sbin/poweroff
check "when all is done" grep -q '"errors"' "$R/tmp/result"
check "the message" has_line "$R/dev/console" "Good night"
check "once an instance" test -e "$data/instance/sem/config_power_state_change"
for condition in false '"test -e /nowhere"' '[/bin/false]'; do
	power "mode: poweroff, condition: $condition"
	sed -i 's/condition:/timeout: 5, condition:/' "$seed/user-data"
	until_told='until grep -q "does not hold: no poweroff" /var/log/cloud-init.log; do busybox usleep 20000; done'
	ln -s busybox "$R/bin/grep"
	check "condition $condition" fails 0 inside /bin/busybox timeout 60 /bin/sh -c \
		"/sbin/dragonconfig init; $until_told"
	check "holds it back" test ! -e "$R/tmp/power"
done
for bad in 'mode: off' 'mode: poweroff, delay: soon' 'mode: poweroff, delay: "+"' 'delay: now' \
	'mode: halt, delay: 99999999999999999999'; do
	power "$bad"
	check "{$bad}" fails 2 init
	check "is told" warns 'power_state: line 2: '
done
# Without a program the kernel is asked: in a name space it ends the first process, by SIGHUP for a new beginning.
for mode in reboot=129 halt=130 poweroff=130; do
	power "mode: ${mode%=*}"
	rm "$R/sbin/poweroff"
	check "${mode%=*} by the kernel" fails "${mode#*=}" init_and_wait /nowhere
done

# Mounts in a name space of their own, and by a root that is none of this host's: it must not swap here.
apart() {
	unshare --user --map-root-user --mount --uts --net --pid --fork chroot "$R" "$@"
}
mounts() {
	fresh <<'END'
#cloud-config
mount_default_fields: [null, null, auto, "defaults,nofail", "0", "1"]
mounts:
  - [tmpfs, /mnt/t, tmpfs, "size=64k,mode=0700,nosuid,x-word=1", 0, 0]
  - [/src, "/mnt/with space", none, bind]
  - [vdz, /mnt/z]
  - [LABEL=nowhere, /mnt/l]
  - [/dev/vdy, /mnt/y, ext4, defaults]
  - [ephemeral0, /mnt/e]
  - [/dev/sda1, ../etc]
  - [tmpfs, /mnt/../etc, tmpfs]
  - [/dev/sdq, null]
  - [/dev/vda1, /data]
  - text
runcmd:
  - [sh, -c, "busybox stat -f -c %T /mnt/t >/tmp/type; busybox stat -c %a /mnt/t >/tmp/mode"]
  - cat "/mnt/with space/file" >/tmp/bound
END
	mkdir "$R/src" && echo here >"$R/src/file"
	printf '# first\n/dev/vda1 / ext4 rw 0 1\nold /old ext4 defaults,comment=cloudconfig 0 2\n' >"$R/etc/fstab"
}
lines='# first
/dev/vda1 / ext4 rw 0 1
tmpfs	/mnt/t	tmpfs	size=64k,mode=0700,nosuid,x-word=1,comment=cloudconfig	0	0
/src	/mnt/with\040space	none	bind,comment=cloudconfig	0	1
/dev/vdz	/mnt/z	auto	defaults,nofail,comment=cloudconfig	0	1
LABEL=nowhere	/mnt/l	auto	defaults,nofail,comment=cloudconfig	0	1
/dev/vdy	/mnt/y	ext4	defaults,comment=cloudconfig	0	1'
mounts
if apart /bin/sh -c true 2>/dev/null; then
	check "mounts" fails 2 apart /sbin/dragonconfig init
	check "fstab" holds "$R/etc/fstab" "$lines"
	check "a tmpfs" holds "$R/tmp/type" tmpfs
	check "its own options" holds "$R/tmp/mode" 700
	check "a folder, at a place with a space in its name" holds "$R/tmp/bound" here
	check "a disk that is not there is told, unless nofail" warns 'mounts: there is no /dev/vdy'
	check "places that lead away" same "$(grep -c 'WARNING.*a mount point must be absolute' "$log")" 2
	check "what is no list" warns 'mounts: line 14: not a list'
	check "and nothing else" same "$(grep -c WARNING "$log")" 4
	rm -rf "$R/run"/* "$R/tmp"/* "$log" "$data/instance/sem/config_scripts_user"
	check "the next boot mounts again" fails 2 apart /sbin/dragonconfig init
	check "what fstab says" holds "$R/tmp/bound" here
	check "and warns of what is missing alone" same "$(grep -c WARNING "$log")" 1
	check "fstab is as it was" holds "$R/etc/fstab" "$lines"

	printf '#cloud-config\nswap: {filename: /swap.img, size: 2M}\n' | fresh
	check "swap where it may not be" fails 2 apart /sbin/dragonconfig init
	check "is told" warns 'swap: this kernel does not swap'
	check "no file is made" test ! -e "$R/swap.img" -a ! -e "$R/swap.img.new"
else
	skip_case "mounts, swap" "this host allows no name space of users"
fi

printf '#cloud-config\ngrowpart: {devices: [/, /dev/vda1, /dev/none]}\nresize_rootfs: true\n' | fresh
truncate -s 10M "$R/dev/vda" && cp "$R/dev/vda" "$R/dev/vda1"
check "growpart without disks" fails 2 init
check "says what is none" warns 'growpart: /dev/vda1: it lies on no disk'
check "for each that was asked for" same "$(grep -c WARNING "$log")" 4
check "and leaves files alone" cmp "$R/dev/vda" "$R/dev/vda1"
printf '#cloud-config\nresize_rootfs: noblock\n' | fresh
ln -s busybox "$R/bin/grep"
check "resize_rootfs behind the boot's back" fails 0 inside /bin/busybox timeout 60 /bin/sh -c \
	"/sbin/dragonconfig init >/tmp/out && until grep -q 'WARNING.*resize_rootfs: ' /var/log/cloud-init.log; do
		busybox usleep 20000; done"
check "is no part of its status" fails 0 inside /sbin/dragonconfig status
printf '#cloud-config\ngrowpart: {mode: off}\nresize_rootfs: false\n' | fresh
check "growpart switched off" fails 0 init
check "says nothing" fails 1 grep -cE 'growpart|resize' "$log"

# A time server that is an hour ahead, or lies, in a name space whose root may set no clock.
cat >"$T/ntp.py" <<'END'
import os, socket, struct, subprocess, sys, time
lie, root = sys.argv[1], sys.argv[2]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 123))
if os.fork() == 0:
    while True:
        data, peer = s.recvfrom(512)
        if lie == "silent":
            continue
        ahead = -time.time() if lie == "1970" else 3600
        now = int((time.time() + ahead + 2208988800) * 2**32) & (2**64 - 1)
        nonce = b"stranger" if lie == "nonce" else data[40:48]
        s.sendto(b"\x24\x02" + bytes(22) + nonce + struct.pack(">QQ", now, now), peer)
sys.exit(subprocess.call(["chroot", root, "/sbin/dragonconfig", "init"]))
END
# asks LIE [SERVERS]: init beside that server.
asks() {
	printf '#cloud-config\nntp: {servers: [%s], pools: []}\n' "${2:-127.0.0.1}" | fresh
	unshare --user --map-root-user --uts --net --pid --fork python3 "$T/ntp.py" "$1" "$R"
}
if apart /bin/sh -c true 2>/dev/null; then
	check "ntp where no clock may be set" fails 2 asks none
	check "is told, and how far it is off" warns \
		'ntp: the clock is off by 3[56][0-9]\{5\} ms, and this kernel does not set it: Operation not permitted'
	for lie in 1970 nonce; do
		check "a server of $lie" fails 2 asks $lie
		check "is not believed" warns 'ntp: no server has told a time that can be used'
	done
	check "three that are none before one" fails 2 asks none "'', 127.0.0.2:1, 0.0.0.0, 127.0.0.1"
	check "are passed over" warns 'ntp: the clock is off by'
	check "a silent one" fails 2 asks silent
	check "is waited for, and not for ever" warns 'ntp: no server has told a time'
else
	skip_case "ntp" "this host allows no name space of users"
fi
printf '#cloud-config\nntp: {enabled: false}\n' | fresh
check "ntp switched off" fails 0 init

# A server that is in trouble at first, in the network of init, and says what it was told.
cat >"$T/home.py" <<'END'
import http.server, os, subprocess, sys, urllib.parse
root, bad, left = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
class Home(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global bad
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        bad -= 1
        self.send_response(503 if bad >= 0 else 404 if left else 200)
        self.end_headers()
        if bad < 0:
            with open(root + "/tmp/told", "w") as f:
                print(self.path, self.headers["Content-Type"], file=f)
                for k, v in urllib.parse.parse_qsl(body, strict_parsing=True):
                    print(k, "=", v.strip(), file=f)
server = http.server.HTTPServer(("0.0.0.0", 80), Home)
if os.fork() == 0:
    server.serve_forever()
sys.exit(subprocess.call(["chroot", root, "/sbin/dragonconfig", "init"]))
END
# phones MEMBERS BAD [REFUSE]: the first BAD requests meet trouble.
phones() {
	printf '#cloud-config\nhostname: web-1\nfqdn: web-1.example.org\nssh_deletekeys: false\nphone_home: {%s}\n' "$1" | fresh
	mkdir -p "$R/etc/ssh"
	echo 'ssh-rsa A+/= root@web' >"$R/etc/ssh/ssh_host_rsa_key.pub"
	unshare "${own[@]}" --uts --net --pid --fork python3 "$T/home.py" "$R" "${@:2}" 2>/dev/null
}
check "phone_home" fails 0 phones 'url: "http://127.0.0.1/in/$INSTANCE_ID/${nothing}"' 0
check "to the address with the instance's id, as a form" same "$(head -n 1 "$R/tmp/told")" \
	'/in/i-1/${nothing} application/x-www-form-urlencoded'
check "a key as it is" has_line "$R/tmp/told" 'pub_key_rsa = ssh-rsa A+/= root@web'
check "one that is not there" has_line "$R/tmp/told" 'pub_key_dsa = N/A'
check "the id" has_line "$R/tmp/told" 'instance_id = i-1'
check "both names" same "$(tail -n 2 "$R/tmp/told")" $'hostname = web-1\nfqdn = web-1.example.org'
check "a server in trouble, twice" fails 0 phones 'url: http://127.0.0.1/, post: [fqdn, instance_id], tries: 3' 2
check "is told what was asked for" same "$(tail -n +2 "$R/tmp/told")" $'fqdn = web-1.example.org\ninstance_id = i-1'
check "for longer than the tries" fails 2 phones 'url: http://127.0.0.1/, tries: 2' 9
check "is a warning" warns 'phone_home: the server answers with status 503'
check "a server that refuses" fails 2 phones 'url: http://127.0.0.1/' 0 refuse
check "too" warns 'phone_home: the server answers with status 404'
check "https, an unknown name and no address" fails 2 phones 'url: "https://127.0.0.1/", post: [password]' 0
check "are told" same "$(grep -c 'WARNING.*phone_home: ' "$log")" 2
check "no url" fails 2 phones 'tries: 3' 0
check "is told" warns 'phone_home: line 5: there is no url'
finish
