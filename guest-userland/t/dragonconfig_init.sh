#!/bin/bash
# SPDX-License-Identifier: MIT
# What `dragonconfig init` makes of a NoCloud seed, in a root of its own with a host name of its own.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/dragonconfig_root.sh"

# Everything but what is made anew each time: times, salts, logs.
end_state() {
	(cd "$R" && find . -path ./var/log -prune -o -path ./dev -prune -o -path ./run -prune -o -type f -print0 |
		sort -z | xargs -0 sha256sum | grep -ve etc/shadow -e boot-finished) && sed 's/:\$6\$[^:]*/:HASH/' "$R/etc/shadow"
}

new_root
echo 'instance-id: i-1
local-hostname: seed
public-keys: [ssh-ed25519 AAAAroot root@host]' >"$seed/meta-data"
cat >"$seed/user-data" <<'EOF'
#cloud-config
hostname: web-1
fqdn: web-1.example.org
manage_etc_hosts: localhost
users:
  - default
  - name: alice
    gecos: Alice
    groups: [wheel, users]
    ssh-authorized-keys: [ssh-ed25519 AAAAalice alice@host]
    sudo: ALL=(ALL) NOPASSWD:ALL
    lock_passwd: false
    plain_text_passwd: geheim
groups: [extra]
chpasswd: {expire: false, list: "root:$6$salt$hash"}
write_files:
  - {path: /etc/a, content: "one\n"}
  - {path: /etc/deep/b, content: aGFsbG8=, encoding: b64, permissions: '0600'}
  - {path: /etc/hosts, append: true, content: "10.0.0.1 other\n"}
  - {path: ../etc/evil, content: x}
  - {path: /etc/../etc/evil, content: x}
  - {path: /etc/late, content: "late\n", defer: true}
bootcmd:
  - echo boot >>/tmp/boots
runcmd:
  - [touch, "/tmp/it's here"]
  - echo "$INSTANCE_ID" >/tmp/id
  - cat /etc/late >/tmp/late || true
final_message: up after $UPTIME from ${datasource}
EOF
# Only root gives a home to its owner.
[ "$(id -u)" -eq 0 ] || sed -i '/name: alice/,/plain_text_passwd/d' "$seed/user-data"
check "init of a new instance has warnings, no errors" fails 2 init
check "it warns of both paths that lead away" same "$(grep -c 'must be absolute' "$R/var/log/cloud-init.log")" 2
check "and of nothing else" same "$(grep -c WARNING "$R/var/log/cloud-init.log")" 2
check "host name" holds "$R/etc/hostname" web-1
check "hosts: ours" has_line "$R/etc/hosts" "127.0.1.1 web-1.example.org web-1"
check "hosts: what was there" has_line "$R/etc/hosts" "127.0.0.1 localhost"
check "hosts: appended" has_line "$R/etc/hosts" "10.0.0.1 other"
if grep -q alice "$seed/user-data"; then
	check "a user" has_line "$R/etc/passwd" "alice:x:1000:1001:Alice:/home/alice:/bin/sh"
	check "its groups" has_line "$R/etc/group" "wheel:x:1002:alice"
	check "its key" has_line "$R/home/alice/.ssh/authorized_keys" "ssh-ed25519 AAAAalice alice@host"
	check "only its owner reads keys" mode_of home/alice/.ssh/authorized_keys 600
	check "a password is hashed" grep -qE '^alice:\$6\$[^$]+\$[^:]{86}:' "$R/etc/shadow"
	check "sudo" mode_of etc/sudoers.d/90-cloud-init-alice 440
else
	skip_case "a user" "only root gives homes to their owners"
fi
check "a group alone" grep -q '^extra:x:' "$R/etc/group"
check "root has the source's key" has_line "$R/root/.ssh/authorized_keys" "ssh-ed25519 AAAAroot root@host"
check "a hash is kept as it is" grep -qF 'root:$6$salt$hash:' "$R/etc/shadow"
check "shadow keeps its mode" mode_of etc/shadow 640
check "no secret in the log" bash -c "! grep -r geheim '$R/var/log' '$R/run'"
check "a file" holds "$R/etc/a" one
check "a decoded file" holds "$R/etc/deep/b" hallo
check "its mode" mode_of etc/deep/b 600
check "nothing evil" test ! -e "$R/etc/evil"
check "a command with a quote" test -e "$R/tmp/it's here"
check "a line of shell, with the instance's id" holds "$R/tmp/id" i-1
check "late files come before runcmd" holds "$R/tmp/late" late
check "the message" grep -q '^up after [0-9.]* from DataSourceNoCloud \[seed=/var/lib/cloud/seed/nocloud\]$' "$R/dev/console"
check "the line for programs" grep -q '^dragonconfig-ready {"version":1,"status":"degraded","instance_id":"i-1"' \
	"$R/dev/console"
check "links as cloud-init makes them" same "$(readlink "$data/instance")" instances/i-1
check "status" fails 2 inside /sbin/dragonconfig status --wait
ln -s /sbin/dragonconfig "$R/bin/cloud-init"
# says KEY VALUE: of what the status is as JSON, in Python's words.
says() {
	same "$(inside /bin/cloud-init status --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1")" "$2"
}
check "status by cloud-init's name" says status done
check "how well" says extended_status "degraded done"
check "by which source" says datasource nocloud
check "in full" says detail "DataSourceNoCloud [seed=/var/lib/cloud/seed/nocloud]"
check "no errors" says errors '[]'
check "what it warned of" same "$(inside /bin/cloud-init status --format json | grep -c '"write_files: line .*: a path must be absolute')" 2
check "that it is over" says stage None
check "when that was" test "$(($(date +%s) - $(date -d "$(inside /bin/cloud-init status --long | sed -n 's/^last_update: //p')" +%s)))" -lt 3600
check "for people" grep -q '^extended_status: degraded done$' <(inside /bin/cloud-init status --long)
check "which cloud" holds "$R/run/cloud-init/cloud-id" nocloud
check "by a question" same "$(inside /bin/cloud-init query cloud_name)" nocloud
check "which machine" same "$(inside /bin/cloud-init query v1.instance-id)" i-1
check "its source's name for it" same "$(inside /bin/cloud-init query local_hostname)" seed
check "its keys" same "$(inside /bin/cloud-init query public_ssh_keys)" "ssh-ed25519 AAAAroot root@host"
check "what is not known" fails 1 inside /bin/cloud-init query v1.userdata
check "all of it is JSON" python3 -m json.tool <(inside /bin/cloud-init query --all)
check "the status file is JSON" python3 -m json.tool "$R/run/cloud-init/status.json"

check "the file that scripts wait for" grep -q '^[0-9.]* - [0-9]* - v. dragonconfig$' "$data/instance/boot-finished"

before=$(end_state)
rm -rf "$R/run"/* "$R/tmp/id"
check "a second boot does only what is done each time" fails 0 init
check "bootcmd ran again" holds "$R/tmp/boots" $'boot\nboot'
check "runcmd did not" test ! -e "$R/tmp/id"
echo i-1 >"$R/tmp/id" && echo boot >"$R/tmp/boots"
check "nothing else changed" same "$(end_state)" "$before"

echo 'instance-id: i-2' >"$seed/meta-data"
rm -f "$R/tmp/id"
init >/dev/null 2>&1
check "another instance id: runcmd runs again" holds "$R/tmp/id" i-2
check "and the id before is kept" holds "$data/data/previous-instance-id" i-1

new_root
echo 'instance-id: i' >"$seed/meta-data" && echo '#cloud-config' >"$seed/user-data"
echo 'quiet cloud-init=disabled' >"$R/proc/cmdline"
ln -s /sbin/dragonconfig "$R/bin/cloud-init"
check "switched off on the kernel's command line" fails 0 init
check "nothing is done" test ! -e "$R/var/lib/cloud/instance" -a ! -e "$R/run/cloud-init"
check "nobody waits for it" fails 0 inside /bin/busybox timeout 60 /bin/cloud-init status --wait
check "and is told" says status disabled
check "nothing is known" fails 1 inside /bin/cloud-init query instance_id
# What others look for is there even where no command is.
new_root
echo adm:x:4: >>"$R/etc/group"
echo 'instance-id: i' >"$seed/meta-data" && echo '#cloud-config' >"$seed/user-data"
check "no command" fails 0 init
check "a folder of scripts all the same" mode_of var/lib/cloud/instances/i/scripts 755
check "a log of their output" test -f "$R/var/log/cloud-init-output.log" -a ! -s "$R/var/log/cloud-init-output.log"
for log in cloud-init cloud-init-output; do
	check "$log.log is for root and one group" mode_of "var/log/$log.log" 640
	if [ "$(id -u)" -eq 0 ]; then
		check "which is adm" same "$(stat -c %u:%g "$R/var/log/$log.log")" 0:4
	else
		skip_case "which is adm" "only root gives files to a group"
	fi
done
new_root
rm -r "$seed"
check "no source: degraded" fails 2 init
check "and it is told" grep -q 'no source of configuration' "$R/run/cloud-init/status.json"
check "a program that waits is told, too" grep -q '^dragonconfig-ready {"version":1,"status":"degraded","instance_id":null,"source":null,"disks":\[' \
	"$R/dev/console"
new_root
echo 'instance-id: ../../etc' >"$seed/meta-data" && echo '#cloud-config' >"$seed/user-data"
check "an id that is a path is an error" fails 1 init
check "and leads nowhere" test ! -d "$R/etc/sem"
check "of which a program is told" grep -q '^dragonconfig-ready {"version":1,"status":"error","instance_id":null,' "$R/dev/console"
new_root
echo 'instance-id: i' >"$seed/meta-data" && echo '<html>not found</html>' >"$seed/user-data"
check "user data that is none is an error" fails 1 init
check "but the boot comes to its end" grep -q '"status":"error"' "$R/dev/console"
finish
