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
