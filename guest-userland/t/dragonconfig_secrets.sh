#!/bin/bash
# SPDX-License-Identifier: MIT
# Where each secret that `dragonconfig init` is given stands afterwards: in its place, which others may not
# read, and in no log, status, or line of a console.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/dragonconfig_root.sh"

# Each secret is a word of its own, so that wherever it turns up it is known. User data is on standard input.
a_root() {
	new_root
	mkdir -p "$R"/etc/{ssh,dropbear}
	printf 'instance-id: i-1\nrandom_seed: zz-meta-seed-zz-01234567890123456789\n' >"$seed/meta-data"
	cat >"$seed/user-data"
}

boot() {
	init >"$R/console.out" 2>&1
	true
}

# stands_in SECRET [PATH...]: in these files and no others; nobody but their owners and groups reads those.
stands_in() {
	local secret=$1 found path

	shift
	found=$(cd "$R" && grep -rlaF -e "$secret" . --exclude-dir=seed | LC_ALL=C sort)
	same "$found" "$(for path; do echo "./$path"; done | LC_ALL=C sort)" || return 1
	for path; do
		[[ $(stat -c %a "$R/$path") == *0 ]] || { stat "$R/$path" && return 1; }
	done
}

ssh-keygen -q -t ed25519 -N '' -C zz-comment-zz -f "$T/ed"
word=$(sed -n 3p "$T/ed")
scripts=var/lib/cloud/instances/i-1
a_root < <(
	cat <<'EOF'
#cloud-config
users:
  - {name: alice, plain_text_passwd: zz-plain-zz, lock_passwd: false}
  - {name: bob, passwd: "$6$zz-birth-zz$x", lock_passwd: false}
  - {name: carol, hashed_passwd: "$6$zz-hash-zz$x"}
password: zz-top-zz
chpasswd:
  users: [{name: alice, password: zz-text-zz, type: text}, {name: carol, type: RANDOM}]
  list: ["bob:zz-line-zz", "nobody-here:zz-nobody-zz"]
random_seed: {file: /etc/seed, data: zz-user-seed-zz}
write_files:
  - {path: /etc/w, content: zz-file-zz, permissions: '0600'}
  - {path: /etc/hidden/../w, content: zz-away-zz}
  - {path: /etc/x, content: "zz-not-base64-zz!", encoding: b64}
bootcmd: [": zz-boot-zz"]
runcmd: [": zz-run-zz", [":", zz-list-zz]]
ssh_keys:
  ed25519_private: |
EOF
	sed 's/^/    /' "$T/ed"
)
boot
check "it ran to its end" grep -q '^dragonconfig-ready' "$R/dev/console"
for secret in zz-plain-zz zz-top-zz zz-text-zz zz-line-zz zz-nobody-zz zz-away-zz zz-not-base64-zz zz-birth-zz; do
	check "$secret stands nowhere" stands_in "$secret"
done
check "a hash that alice has instead" grep -q '^alice:\$6\$' "$R/etc/shadow"
check "a private key: OpenSSH's file alone" stands_in "$word" etc/ssh/ssh_host_ed25519_key
check "dropbear's is its owner's" mode_of etc/dropbear/dropbear_ed25519_host_key 600
check "a file" stands_in zz-file-zz etc/w
check "seeds: the file that was named" stands_in zz-user-seed-zz etc/seed
check "the source's, too" stands_in zz-meta-seed-zz etc/seed
check "boot commands: their script" stands_in zz-boot-zz $scripts/boot/bootcmd
check "commands: theirs" stands_in zz-run-zz $scripts/scripts/runcmd
check "in a list, too" stands_in zz-list-zz $scripts/scripts/runcmd
random=$(sed -n 's/^carol:\([A-Za-z2-9]\{20\}\)$/\1/p' "$R/dev/console")
check "a random password was told" test -n "$random"
only_on_console() {
	same "$(cd "$R" && grep -rlaF -e "$random" . --exclude-dir=seed)" ./dev/console
}
check "on the console alone" only_on_console

a_root < <(printf '#cloud-config\nusers: [{name: carol, hashed_passwd: "$6$zz-hash-zz$x", lock_passwd: false, no_create_home: true}]\n')
boot
check "a hash: shadow" stands_in zz-hash-zz etc/shadow

# Documents with something wrong just where the secret is.
wrongs=(
	'pasword: zz-wrong-zz'
	'chpasswd: zz-wrong-zz'
	'chpasswd: {list: "zz-wrong-zz"}'
	'chpasswd: {list: [":zz-wrong-zz", {root: zz-wrong-zz}], x: y}'
	'password: [zz-wrong-zz]'
	$'password: a\npassword: zz-wrong-zz\n\tb'
	'users: [{passwd: zz-wrong-zz}, {name: alice, passwd: "zz-wrong-zz:x"}, {name: "a b", plain_text_passwd: zz-wrong-zz}]'
	'ssh_keys: {ed25519_private: [zz-wrong-zz]}'
	'ssh_keys: zz-wrong-zz'
	'random_seed: zz-wrong-zz'
	'random_seed: {data: zz-wrong-zz!, encoding: b64}'
	'password: "zz-wrong-zz'
	'password: *zz-wrong-zz'
	'write_files: [{content: zz-wrong-zz}]'
	'runcmd: [{a: zz-wrong-zz}]'
	'users: [{name: alice, plain_text_passwd: [zz-wrong-zz]}]'
	'chpasswd: {users: [{name: alice, password: [zz-wrong-zz]}, {password: zz-wrong-zz}]}'
)
for wrong in "${wrongs[@]}"; do
	a_root <<<$'#cloud-config\n'"$wrong"
	boot
	check "wrong: ${wrong//[$'\n\t']/ }" grep -qE 'WARNING|ERROR' "$R/var/log/cloud-init.log"
	check "and told without the secret" stands_in zz-wrong-zz
done

# Where nothing can be written a secret is not told instead.
a_root < <(printf '%s\n' '#cloud-config' 'password: zz-plain-zz' 'chpasswd: {list: ["root:zz-line-zz"]}' \
	'write_files: [{path: /etc/w/x, content: zz-file-zz}]')
rm "${R:?}/etc/shadow" && mkdir "$R/etc/shadow" && touch "$R/etc/w"
boot
check "what cannot be written is told" grep -q 'WARNING.*password of root' "$R/var/log/cloud-init.log"
for secret in zz-plain-zz zz-line-zz zz-file-zz; do
	check "$secret is not" stands_in "$secret"
done
finish
