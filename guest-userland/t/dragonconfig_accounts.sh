#!/bin/bash
# SPDX-License-Identifier: MIT
# Users and groups that `dragonconfig init` makes: as useradd makes them.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/dragonconfig_root.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root gives homes to their owners"
new_root
echo 'instance-id: i-1' >"$seed/meta-data"
cat >"$seed/user-data" <<'END'
#cloud-config
groups: [deploy]
users:
  - {name: alice, uid: 2001, groups: [deploy, users]}
  - {name: bob, primary_group: cache}
  - {name: eve}
  - {name: svc, system: true}
  - {name: there}
END
printf 'old:x:1500:1500::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >>"$R/etc/passwd"
printf 'users:x:100:\nold:x:1500:\n' >>"$R/etc/group"
printf 'root:*::\nusers:*::x\n' >"$R/etc/gshadow"
chmod 640 "$R/etc/gshadow"
mkdir -p "$R"/etc/skel/.config "$R/home/there" "$R/home/eve.new"
echo one >"$R/etc/skel/.profile"
echo two >"$R/etc/skel/.config/two" && chmod 600 "$R/etc/skel/.config/two"
ln -s .profile "$R/etc/skel/.login"
echo left >"$R/home/eve.new/left"
check "users and groups" fails 0 init
check "a number that was asked for, a group of the same" has_line "$R/etc/passwd" alice:x:2001:2001::/home/alice:/bin/sh
check "else the one behind the highest" has_line "$R/etc/passwd" bob:x:2002:2002::/home/bob:/bin/sh
check "a group of one's own has the user's number" has_line "$R/etc/group" eve:x:2003:
check "a group alone" has_line "$R/etc/group" deploy:x:1501:alice
check "the system's own from 999 down" has_line "$R/etc/passwd" svc:x:999:999::/home/svc:/bin/sh
check "whose password does not age" grep -qE '^svc:!:[0-9]+::::::$' "$R/etc/shadow"
check "and who has no home" test ! -e "$R/home/svc"
check "the groups' shadow has groups" has_line "$R/etc/gshadow" 'cache:!::'
check "new ones with their members" has_line "$R/etc/gshadow" 'deploy:!::alice'
check "old ones too" has_line "$R/etc/gshadow" 'users:*::x,alice'
check "and keeps its mode" mode_of etc/gshadow 640
check "a home has what the skeleton has" holds "$R/home/alice/.profile" one
check "with folders" holds "$R/home/alice/.config/two" two
check "and modes" mode_of home/alice/.config/two 600
check "and links" same "$(readlink "$R/home/alice/.login")" .profile
check "what a boot that was cut left is not in it" test ! -e "$R/home/eve/left" -a ! -e "$R/home/eve.new"
check "a home that is there is left alone" same "$(ls -A "$R/home/there")" ""
check "it is its owner's" same "$(stat -c %u:%g "$R"/home/alice/{,.profile,.config/two} | sort -u)" 2001:2001
rm -rf "$R"/run/* "$R"/var/lib/cloud/instances
cp -a "$R/etc" "$T/before"
check "the same again" fails 0 init
check "changes nothing" diff -r "$T/before" "$R/etc"
new_root
echo 'instance-id: i-1' >"$seed/meta-data"
printf '#cloud-config\nusers: [{name: alice, groups: [deploy]}]\n' >"$seed/user-data"
check "no shadow of groups" fails 0 init
check "none is made" test ! -e "$R/etc/gshadow"

# as USER-DATA...: a new machine, whose source has a key.
as() {
	new_root
	printf 'instance-id: i-1\npublic-keys: [ssh-ed25519 AAAAkey k]\n' >"$seed/meta-data"
	printf '%s\n' '#cloud-config' "$@" >"$seed/user-data"
	init
}
keys_of() {
	same "$(cat "$R/$1/.ssh/authorized_keys")" "$2"
}
check "another default user" as 'user: bob' 'password: "$6$salt$hash"' 'chpasswd: {expire: false}'
check "is made" has_line "$R/etc/passwd" bob:x:1000:1000::/home/bob:/bin/sh
check "has the source's key" keys_of home/bob 'ssh-ed25519 AAAAkey k'
check "and the password" grep -q '^bob:$6$salt$hash:' "$R/etc/shadow"
check "may do what root may" holds "$R/etc/sudoers.d/90-cloud-init-bob" 'bob ALL=(ALL) NOPASSWD:ALL'
check "root's key only tells who is meant" grep -q 'login as the user .*bob.* rather than the user .*root.* ssh-ed25519 AAAAkey k$' \
	"$R/root/.ssh/authorized_keys"
check "nobody else has changed" grep -q '^root:\*:' "$R/etc/shadow"
check "with members of its own, and an open root" as 'user: {name: bob, uid: 1234, sudo: false, ssh_authorized_keys: [ssh-rsa AAAAbob]}' \
	'disable_root: false'
check "they count" has_line "$R/etc/passwd" bob:x:1234:1234::/home/bob:/bin/sh
check "its keys" keys_of home/bob $'ssh-rsa AAAAbob\nssh-ed25519 AAAAkey k'
check "no sudo" test ! -e "$R/etc/sudoers.d"
check "root's key" keys_of root 'ssh-ed25519 AAAAkey k'
check "members for root itself" as 'user: {plain_text_passwd: geheim, ssh_authorized_keys: [ssh-rsa AAAAmore]}'
check "a password that is not closed" grep -qE '^root:\$6\$' "$R/etc/shadow"
check "one key more" keys_of root $'ssh-rsa AAAAmore\nssh-ed25519 AAAAkey k'
as 'user: ../../oops'
check "a name that cannot be may do nothing, least of all elsewhere" test ! -e "$R/etc/sudoers.d"
check "users that are names alone" as 'users: [default, carol, "dave, erin"]'
check "are made" same "$(grep -cE '^(carol|dave|erin):x:100[0-2]:' "$R/etc/passwd")" 3
check "all in one text" as 'users: carol, default'
check "too" grep -q '^carol:x:1000:' "$R/etc/passwd"
check "ages, and no group of one's own" as \
	'users: [{name: carol, expiredate: 2032-12-31, inactive: 5, no_user_group: true}, {name: svc, system: true, expiredate: "1970-01-03"}]'
check "stand in shadow" grep -qE '^carol:!:[0-9]+:0:99999:7:5:23010:$' "$R/etc/shadow"
check "the system's own, too" grep -qE '^svc:!:[0-9]+:::::2:$' "$R/etc/shadow"
check "the group is the users'" same "$(awk -F: '/^carol:/ { print $4 }' "$R/etc/passwd")" "$(awk -F: '/^users:/ { print $3 }' "$R/etc/group")"
check "ages that are none" fails 2 as 'users: [{name: carol, expiredate: tomorrow, inactive: x}]'
check "are told" same "$(grep -cE 'WARNING.*user carol: (expiredate|inactive): no ' "$R/var/log/cloud-init.log")" 2
for date in 2030-13-01 2030-00-10 2030-02-30 2030-04-31 2031-02-29 2030-01-00 1969-12-31; do
	check "no such day: $date" fails 2 as "users: [{name: carol, expiredate: \"$date\"}]"
	check "it does not count" grep -qE '^carol:!:[0-9]+:0:99999:7:::$' "$R/etc/shadow"
done
check "one that is in some years" fails 0 as 'users: [{name: carol, expiredate: 2032-02-29}]'
check "counts" grep -qE '^carol:!:[0-9]+:0:99999:7::22704:$' "$R/etc/shadow"

# What a program writes there between two of our own changes stays.
mkdir -p "$R"/etc/ssh "$R/usr/bin"
printf '#!/bin/sh\necho "sshd2:!:1::::::" >>/etc/shadow; echo x >"$2"; echo "$4 AAAA" >"$2.pub"\n' >"$R/usr/bin/ssh-keygen"
chmod 755 "$R/usr/bin/ssh-keygen"
echo 'instance-id: i-2' >"$seed/meta-data"
printf '#cloud-config\nusers: [{name: bob}]\nssh_genkeytypes: [ecdsa]\nchpasswd: {list: ["bob:$6$salt$bob"]}\n' \
	>"$seed/user-data"
check "a program that makes a user meanwhile" fails 0 init
check "its user is there" has_line "$R/etc/shadow" 'sshd2:!:1::::::'
check "beside what was set after it" grep -q '^bob:$6$salt$bob:' "$R/etc/shadow"
finish
