#!/bin/bash
# SPDX-License-Identifier: MIT
# `dragonconfig init` killed before one of its system calls and run again has the same end state as one
# that was let be. A sample of them; with KILL_AT=every (make dragonconfig-killed) each that changes
# something, with KILL_AT=all each there is, from the one that KILL_FROM names to that of KILL_TO. With
# KILL_SOURCE=openstack all of it comes from a metadata service, looked for among others.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/dragonconfig_root.sh"
if [ -z "${DC_KILLED_INSIDE:-}" ]; then
	# All of it dies with the first process of its own pid namespace.
	[ "$(id -u)" -eq 0 ] || export DC_KILLED_USER=1
	DC_KILLED_INSIDE=1 exec unshare "${own[@]}" --net --mount --uts --pid --fork --kill-child --mount-proc "$BASH" "$0"
fi
command -v python3 >/dev/null || skip_all "there is no python3"
own=()
"$busybox" ip link set lo up || skip_all "no interface can be set up"
KILL_AT=${KILL_AT:-sample}
SAMPLE=30
meddle=$B/fake/meddle

# In the network of this test; what would reach the host itself, clock and swap, meddle plays.
traced() {
	unshare --uts --mount --pid --fork "$meddle" "$1" "$R" /sbin/dragonconfig init
}
init() {
	traced count
}

# A server of what is included, of who phones, of metadata, and of the time.
for a in 169.254.169.254 100.100.100.200 169.254.0.23; do "$busybox" ip addr add "$a/32" dev lo; done
cat >"$T/ntp.py" <<'END'
import socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 123))
while True:
    data, peer = s.recvfrom(512)
    now = int((time.time() + 5 + 2208988800) * 2**32)
    s.sendto(b"\x24\x02" + bytes(22) + data[40:48] + struct.pack(">QQ", now, now), peer)
END
python3 "$T/ntp.py" &
mkfifo "$T/ready"
echo '{}' >"$T/plan"
python3 "$GUEST/t/metadata_server.py" "$T/plan" 127.0.0.1 169.254.169.254 100.100.100.200 169.254.0.23 >"$T/ready" &
exec 5<"$T/ready"
read -r _ <&5
cat <&5 >/dev/null &
cat >"$T/plan.py" <<'END'
import json, sys
seed, source = sys.argv[1:]
plan = {"GET 127.0.0.1 /inc": "#cloud-config\nwrite_files: [{path: /etc/inc, content: included}]\n", "POST 127.0.0.1 /home": "thanks"}
if source == "openstack":
    latest = "GET 169.254.169.254 /openstack/latest/"
    plan[latest + "meta_data.json"] = json.dumps({"uuid": "i-1", "hostname": "seed", "random_seed": "0123456789" * 4,
                                                  "public_keys": {"k": "ssh-ed25519 AAAAroot root@host"}})
    plan[latest + "user_data"] = open(seed + "/user-data").read()
    plan[latest + "vendor_data.json"] = json.dumps(open(seed + "/vendor-data").read())
json.dump(plan, sys.stdout)
END

# A document that uses each module, in the words of a person who knows no better: commands may be cut,
# so they are such as may be run again.
prepare() {
	local tool

	new_root
	for tool in cp mkdir rm; do ln -s busybox "$R/bin/$tool"; done
	mkdir -p "$R"/etc/{ssh,dropbear} "$R/usr/bin" "$R/usr/share/zoneinfo/Europe"
	echo TZif2 >"$R/usr/share/zoneinfo/Europe/Berlin"
	echo 'Port 22' >"$R/etc/ssh/sshd_config"
	printf '#!/bin/sh\necho "private $4" >"$2"; echo "$4 AAAA$4" >"$2.pub"\n' >"$R/usr/bin/ssh-keygen"
	chmod 755 "$R/usr/bin/ssh-keygen"
	echo 'instance-id: i-0' >"$seed/meta-data" && echo '#cloud-config' >"$seed/user-data"
	init >/dev/null 2>&1 || return 1
	# Logs are made anew, too.
	rm "$R"/var/log/* && echo adm:x:4: >>"$R/etc/group"
	cat >"$seed/meta-data" <<-'END'
		instance-id: i-1
		local-hostname: seed
		random_seed: 0123456789012345678901234567890123456789
		public-keys: [ssh-ed25519 AAAAroot root@host]
	END
	{
		printf 'Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n'
		printf -- '--b\nContent-Type: text/cloud-config\n\n'
		cat "$T/config"
		printf -- '--b\nContent-Type: text/x-include-once-url\n\nhttp://127.0.0.1/inc\n'
		for tool in cloud-boothook x-shellscript x-shellscript-per-{once,boot,instance}; do
			printf -- '--b\nContent-Type: text/%s\nContent-Disposition: attachment; filename="%s"\n\n' "$tool" "$tool"
			[ "$tool" != cloud-boothook ] || echo '#cloud-boothook'
			printf '#!/bin/sh\necho %s >/tmp/%s\n' "$tool" "$tool"
		done
		echo --b--
	} >"$seed/user-data"
	printf '#!/bin/sh\ntouch /tmp/vendor\n' >"$seed/vendor-data"
	python3 "$T/plan.py" "$seed" "${KILL_SOURCE:-seed}" >"$T/plan.new" && mv "$T/plan.new" "$T/plan"
	[ "${KILL_SOURCE:-seed}" = seed ] || rm -r "$seed"
	echo "dragonconfig.deadline=60" >"$R/proc/cmdline"
}

cat >"$T/config" <<'EOC'
#cloud-config
hostname: web-1
fqdn: web-1.example.org
manage_etc_hosts: localhost
timezone: Europe/Berlin
locale: C.UTF-8
mounts: [[vdz, /mnt/z], [LABEL=none, /mnt/l], [tmpfs, /mnt/t, tmpfs, size=64k]]
swap: {filename: /swap.img, size: 1M}
ntp: {servers: [127.0.0.1], pools: []}
phone_home: {url: http://127.0.0.1/home, tries: 2}
user: dora
manage_resolv_conf: true
resolv_conf: {nameservers: [192.0.2.1], searchdomains: [example.org]}
random_seed: {file: /etc/seed, data: abc}
groups: [extra, {more: [root]}]
users:
  - default
  - name: alice
    gecos: Alice
    primary_group: staff
    groups: [wheel, users]
    ssh-authorized-keys: [ssh-ed25519 AAAAalice alice@host]
    sudo: ALL=(ALL) NOPASSWD:ALL
    lock_passwd: false
    plain_text_passwd: geheim
  - {name: bob, passwd: "$6$salt$hash", lock_passwd: false, uid: 1234, homedir: /srv/homes/bob}
  - {name: carol, system: true, no_create_home: true, hashed_passwd: "$6$salt$carol"}
ssh_pwauth: false
disable_root: true
ssh_authorized_keys: [ssh-rsa AAAAtop me]
ssh_genkeytypes: [ed25519, ecdsa]
password: geheim2
chpasswd:
  expire: false
  users: [{name: carol, type: RANDOM}]
  list: ["root:$6$salt$root"]
write_files:
  - {path: /etc/a, content: "one\n"}
  - {path: /etc/deep/er/b, content: aGFsbG8=, encoding: b64, permissions: '0600'}
  - {path: /etc/mine, content: x, owner: "sshd:sshd", permissions: '0640'}
  - {path: /etc/hosts, append: true, content: "10.0.0.1 other\n"}
  - {path: /etc/hosts, append: true, content: "10.0.0.2 another\n"}
  - {path: /etc/late, content: "late\n", defer: true}
  - {path: /etc/late, content: "more\n", append: true, defer: true}
growpart: {mode: auto}
bootcmd: [echo boot >/tmp/boot]
runcmd:
  - [touch, "/tmp/it's here"]
  - cp /etc/late /tmp/late
  - busybox stat -f -c %T /mnt/t >/tmp/type
power_state: {mode: poweroff, condition: false}
final_message: up
EOC

# What there is, with kind, mode, owner, size and where links lead; what is in it but for what is random
# (salts and hashes, keys, ids) or tells the time. Of a key, whether its halves are of one piece.
end_state() {
	local key=$R/etc/ssh/ssh_host_ed25519_key

	(
		cd "$R" || exit
		find . \( -path ./dev -o -path ./run \) -prune -o -printf '%p %y %m %U %G %l\n' | LC_ALL=C sort
		find . \( -path ./var/log -o -path ./dev -o -path ./run \) -prune -o -type f ! -name shadow ! -name boot-finished \
			! -name '*ed25519*' ! -name swap.img -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
	)
	# All of it but its id.
	{ head -c 1036 "$R/swap.img" && tail -c +1053 "$R/swap.img"; } | sha256sum
	sed -E 's/:\$6\$[^:$]*\$[^:]{86}:/:HASH:/; s/^([^:]*:[^:]*):[2-9][0-9]{4}:/\1:TODAY:/' "$R/etc/shadow"
	cmp <(ssh-keygen -y -P '' -f "$key" 2>&1 | cut -d' ' -f1,2) <(cut -d' ' -f1,2 "$key.pub")
	cmp <(dropbearkey -y -f "$R/etc/dropbear/dropbear_ed25519_host_key" 2>&1 | grep ^ssh- | cut -d' ' -f1,2) \
		<(cut -d' ' -f1,2 "$key.pub")
}

# again WHERE: killed there, the machine loses what it has in memory, and boots.
again() {
	rm -rf "$R" && cp -a "$T/before" "$R"
	traced "$1" >/dev/null 2>&1
	[ $? -eq 137 ] || return 1
	rm -rf "${R:?}/run" && mkdir "$R/run"
	init >/dev/null 2>&1
	[ $? -eq "$code" ] || return 1
	end_state >"$T/state" 2>&1
	diff "$T/want" "$T/state"
}

# Only root gives homes to their owners.
[ -z "${DC_KILLED_USER:-}" ] || sed -i '/name: alice/,/plain_text_passwd/d; /name: bob/d; /^user: dora/d' "$T/config"
check "a machine that was set up once, by another instance" prepare
mv "$R" "$T/before"
cp -a "$T/before" "$R"
how=count
[ "$KILL_AT" != all ] || how=all:count
n=$(traced "$how" 2>/dev/null)
end_state >"$T/traced" 2>&1
rm -rf "$R" && cp -a "$T/before" "$R"
init >/dev/null 2>&1
code=$?
end_state >"$T/want" 2>&1
in_order() {
	rm -rf "$R" && cp -a "$T/before" "$R"
	traced marks
	[ $? -eq "$code" ]
}
check "nothing is marked as done before it is on the disk" in_order
rm -rf "$R" && cp -a "$T/before" "$R" && init >/dev/null 2>&1
check "there is something to compare" grep -q '^\./root/.ssh/authorized_keys f 600 ' "$T/want"
check "keys that belong together" bash -c "! grep -q differ '$T/want'"
check "tracing alone changes nothing" diff "$T/want" "$T/traced"
check "its calls are counted" test "$n" -gt 100
end_state_of_two() {
	init >/dev/null 2>&1
	end_state >"$T/twice" 2>&1
	diff "$T/want" "$T/twice"
}
check "a second boot changes nothing" end_state_of_two

prefix='' step=1
[ "$KILL_AT" != sample ] || step=$(((n + SAMPLE - 1) / SAMPLE))
[ "$KILL_AT" != all ] || prefix=all:
for ((i = ${KILL_FROM:-1}; i <= ${KILL_TO:-n}; i += step)); do
	check "killed before call $i" again "$prefix$i"
done
finish
