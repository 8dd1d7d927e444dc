#!/bin/bash
# SPDX-License-Identifier: MIT
# What `dragonconfig init` makes of ssh servers: their keys, who logs in, passwords that are random.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/dragonconfig_root.sh"

# a_boot [LINE...]: a new root with both servers and these lines of user data, and its first boot.
a_boot() {
	new_root
	mkdir -p "$R"/etc/{ssh,dropbear}
	echo 'instance-id: i-1
public-keys: [ssh-ed25519 AAAAroot root@host]' >"$seed/meta-data"
	printf '%s\n' '#cloud-config' "$@" >"$seed/user-data"
	init
}

me=$(id -u)
key=$R/etc/ssh/ssh_host_ed25519_key
bear=$R/etc/dropbear/dropbear_ed25519_host_key
log=$R/var/log/cloud-init.log

# The public half, as OpenSSH and as dropbear see it, without its comment.
public() {
	ssh-keygen -y -P '' -f "$1" | cut -d' ' -f1,2
}
bear_public() {
	dropbearkey -y -f "$1" | grep '^ssh-' | cut -d' ' -f1,2
}

told() {
	grep -a '^dragonconfig-ready' "$R/dev/console" | tail -n 1 | sed 's/^dragonconfig-ready //' |
		python3 -c 'import json, sys; print("\n".join(json.load(sys.stdin)["host_keys"]))'
}

warns() {
	grep -F WARNING "$log" | grep -qF -- "$1" || { cat "$log" && return 1; }
}

check "a machine without a word about keys" a_boot
check "has a key that OpenSSH reads" test -n "$(public "$key")"
check "its public half is beside it" same "$(cut -d' ' -f1,2 "$key.pub")" "$(public "$key")"
check "dropbear has the same" same "$(bear_public "$bear")" "$(public "$key")"
check "only their owners read them" same "$(stat -c %a%u "$key" "$bear" "$key.pub" | tr '\n' ' ')" "600$me 600$me 644$me "
check "no other types" same "$(ls "$R/etc/ssh" "$R/etc/dropbear" | grep -c key)" 3
check "the ready line has its fingerprint" same "$(told)" "ssh-ed25519 $(ssh-keygen -lf "$key.pub" | cut -d' ' -f2)"
# between TITLE: what the console has between its lines of that block.
between() {
	sed -n "/^-----BEGIN SSH HOST KEY $1-----\$/,/^-----END SSH HOST KEY $1-----\$/p" "$R/dev/console" | sed '1d;$d'
}
keygen_says() {
	cat "$@" | ssh-keygen -lf -
}
check "the console has it as ssh-keygen tells it" same "$(between FINGERPRINTS)" "$(keygen_says "$key.pub")"
check "and in full" same "$(between KEYS)" "$(cat "$key.pub")"
old=$(public "$key")
: >"$R/dev/console"
check "the next boot" init
check "tells the console no keys" bash -c "! grep -a 'SSH HOST KEY' '$R/dev/console'"
check "keeps it" same "$(public "$key")" "$old"
echo 'instance-id: i-2' >"$seed/meta-data"
init >/dev/null 2>&1
check "another instance has another" test "$(public "$key")" != "$old"
old=$(public "$key")
echo 'instance-id: i-3' >"$seed/meta-data"
printf '#cloud-config\nssh_deletekeys: false\n' >"$seed/user-data"
rm "$bear"
check "another one that is told to keep keys" init
check "keeps it, too" same "$(public "$key")" "$old"
check "and dropbear gets it" same "$(bear_public "$bear")" "$old"

a_boot >/dev/null 2>&1
rm -r "$R/etc/ssh" "$R/etc/dropbear"
echo 'instance-id: i-2' >"$seed/meta-data"
check "a machine without servers" init
check "has no keys" test ! -e "$R/etc/ssh" -a ! -e "$R/etc/dropbear"

new_root
mkdir -p "$R/etc/ssh" "$R/usr/bin"
printf '#!/bin/sh\nn=$2; echo "private $4" >"$n"; echo "$4 AAAA$4" >"$n.pub"\n' >"$R/usr/bin/ssh-keygen"
chmod 755 "$R/usr/bin/ssh-keygen"
echo 'instance-id: i-1' >"$seed/meta-data"
printf '#cloud-config\nssh_genkeytypes: [ecdsa, dsa]\n' >"$seed/user-data"
check "a type that there is none of: degraded" fails 2 init
check "it is named" warns 'no such type "dsa"'
check "another type comes from its tool" holds "$R/etc/ssh/ssh_host_ecdsa_key" "private ecdsa"
check "with its public half" holds "$R/etc/ssh/ssh_host_ecdsa_key.pub" "ecdsa AAAAecdsa"
check "and nothing else" same "$(ls "$R/etc/ssh" | wc -l)" 2
printf '#!/bin/sh\necho half >"$2"; exit 1\n' >"$R/usr/bin/ssh-keygen"
echo 'instance-id: i-2' >"$seed/meta-data"
check "a tool that fails: degraded" fails 2 init
check "it is told" warns 'ssh-keygen cannot make one of type ecdsa'
check "and nothing half-made stays" same "$(ls "$R/etc/ssh" | wc -l)" 0

ssh-keygen -q -t ed25519 -N '' -C given -f "$T/ed"
ssh-keygen -q -t rsa -b 2048 -N '' -C given -f "$T/rsa"
given=(ssh_keys: "  ed25519_private: |" "$(sed 's/^/    /' "$T/ed")" "  rsa_private: |" "$(sed 's/^/    /' "$T/rsa")"
	"  rsa_public: $(cat "$T/rsa.pub")" "  rsa_certificate: ssh-rsa-cert-v01@openssh.com AAAA")
echo 'Port 22
#HostCertificate /etc/other
Match User x
  X11Forwarding no' >"$T/config"
check "keys that are given; dropbear cannot have the RSA one" fails 2 a_boot "${given[@]}"
check "which is told" warns 'dropbear cannot be given a key of type rsa'
check "the Ed25519 one is there, as it was" cmp "$T/ed" "$key"
check "its public half was made" same "$(cut -d' ' -f1,2 "$key.pub")" "$(cut -d' ' -f1,2 "$T/ed.pub")"
check "dropbear has it" same "$(bear_public "$bear")" "$(cut -d' ' -f1,2 "$T/ed.pub")"
check "the RSA one" cmp "$T/rsa" "$R/etc/ssh/ssh_host_rsa_key"
check "its public half, as given" cmp "$T/rsa.pub" "$R/etc/ssh/ssh_host_rsa_key.pub"
check "modes" same "$(cd "$R/etc/ssh" && stat -c %a ssh_host_*key ssh_host_*.pub | tr '\n' ' ')" "600 600 644 644 644 "
check "the certificate is set" has_line "$R/etc/ssh/sshd_config" \
	"HostCertificate /etc/ssh/ssh_host_rsa_key-cert.pub"
check "the ready line has both" same "$(told)" "$(for k in "$T/ed" "$T/rsa"; do
	echo "ssh-${k##*/} $(ssh-keygen -lf "$k.pub" | cut -d' ' -f2)"
done | sed 's/ssh-ed /ssh-ed25519 /')"
check "the console has both, with their lengths" same "$(between FINGERPRINTS)" "$(keygen_says "$R"/etc/ssh/ssh_host_*_key.pub |
	sed "s/ given (/ root@$(sed -n 's/.* root@\([^ ]*\) (.*/\1/p' "$R/dev/console" | head -n 1) (/")"
check "types that are not to be told" fails 2 a_boot "${given[@]}" 'ssh_fp_console_blacklist: [ssh-rsa]' \
	'ssh_key_console_blacklist: [ssh-ed25519, ssh-dss]'
check "one fingerprint" same "$(between FINGERPRINTS | sed 's/.*(//')" 'ED25519)'
check "one key" same "$(between KEYS | cut -d' ' -f1)" ssh-rsa
check "none at all" fails 2 a_boot "${given[@]}" 'ssh: {emit_keys_to_console: false}'
check "is said" bash -c "! grep -a 'SSH HOST KEY' '$R/dev/console'"
check "a key that is none" fails 2 a_boot ssh_keys: '  ed25519_private: geheimnis' '  ed25519_secret: x'
check "is told" warns 'ed25519_private is no key'
check "a member that is none, too" warns 'unknown key "ed25519_secret" in "ssh_keys"'
check "what it is stands nowhere" bash -c "! grep -rF geheimnis '$R/var/log' '$R/run' '$R/dev'"

dropbearkey -t rsa -s 2048 -f "$T/bear" >/dev/null 2>&1
a_boot >/dev/null 2>&1
cp "$T/bear" "$R/etc/dropbear/dropbear_rsa_host_key"
init >/dev/null 2>&1
check "the fingerprint of dropbear's RSA key" grep -qx "ssh-rsa $(ssh-keygen -lf <(dropbearkey -y -f "$T/bear" |
	grep '^ssh-') | cut -d' ' -f2)" <(told)

# with_config [LINE...]: as a_boot, with the settings of $T/config; then what they became.
with_config() {
	a_boot >/dev/null 2>&1
	rm -rf "$R/etc/dropbear" "$R/etc/ssh/sshd_config"
	cp "$T/config" "$R/etc/ssh/sshd_config"
	echo 'instance-id: i-2' >"$seed/meta-data"
	printf '%s\n' '#cloud-config' "$@" >"$seed/user-data"
	init
}
check "passwords over ssh: yes" with_config 'ssh_pwauth: true'
check "stands before what counts only for some" same "$(sed -n 3p "$R/etc/ssh/sshd_config")" 'PasswordAuthentication yes'
check "all else stays" same "$(sed 3d "$R/etc/ssh/sshd_config")" "$(cat "$T/config")"
printf 'passwordauthentication yes\nPort 22\nPasswordAuthentication yes\n' >"$T/config"
check "passwords over ssh: no" with_config 'ssh_pwauth: no'
check "takes the place of the others" same "$(cat "$R/etc/ssh/sshd_config")" $'PasswordAuthentication no\nPort 22'
check "passwords over ssh: unchanged" with_config 'ssh_pwauth: unchanged'
check "is that" cmp "$T/config" "$R/etc/ssh/sshd_config"
check "passwords over ssh: something else" fails 2 with_config 'ssh_pwauth: perhaps'
echo 'Include /etc/ssh/sshd_config.d/*.conf' >"$T/config"
check "settings that include others" with_config 'ssh_pwauth: false'
check "get a file of their own" holds "$R/etc/ssh/sshd_config.d/50-cloud-init.conf" 'PasswordAuthentication no'
check "which only root reads" mode_of etc/ssh/sshd_config.d/50-cloud-init.conf 600
check "the main one stays" cmp "$T/config" "$R/etc/ssh/sshd_config"
check "dropbear is told of" fails 2 a_boot 'ssh_pwauth: false'
check "by name" warns 'dropbear has no file of settings'

check "root, closed" a_boot 'disable_root: true' 'users: [default, {name: alice, no_create_home: true}]' 'ssh_authorized_keys: [ssh-rsa AAAAtop me]'
check "its keys only tell who is meant" same "$(cat "$R/root/.ssh/authorized_keys")" "$(for k in 'ssh-ed25519 AAAAroot root@host' 'ssh-rsa AAAAtop me'; do
	printf '%s %s\n' "no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command=\"echo 'Please login as the user \\\"alice\\\" rather than the user \\\"root\\\".';echo;sleep 10;exit 142\"" "$k"
done)"
check "root, closed, in other words" a_boot 'disable_root: true' 'disable_root_opts: restrict'
check "they stand before the key" holds "$R/root/.ssh/authorized_keys" 'restrict ssh-ed25519 AAAAroot root@host'
check "options of two lines give nobody a key" fails 2 a_boot 'disable_root: true' 'disable_root_opts: "a\nssh-rsa AAAA"'
check "not even the source's" test ! -e "$R/root/.ssh/authorized_keys"
check "keys of the source that are not wanted" a_boot 'allow_public_ssh_keys: false' 'ssh_authorized_keys: [ssh-rsa AAAAtop me]'
check "do not count" holds "$R/root/.ssh/authorized_keys" 'ssh-rsa AAAAtop me'
check "keys from a server: refused" fails 2 a_boot 'ssh_import_id: [gh:someone]' 'ssh_publish_hostkeys: {enabled: true}'
check "by name" warns '"ssh_import_id" has no effect: it needs a key server'
check "and both" warns '"ssh_publish_hostkeys" has no effect'

check "random passwords" a_boot 'users: [{name: alice, lock_passwd: false, no_create_home: true}]' \
	'chpasswd: {expire: false, users: [{name: alice, type: RANDOM}], list: ["root:R"]}'
said=$(grep -aA1 "^Set the following 'random' passwords" "$R/dev/console" | grep -aE '^(alice|root):[A-Za-z2-9]{20}$')
check "are told on the console" same "$(cut -d: -f1 <<<"$said" | tr '\n' ' ')" "alice root "
check "and nowhere else" bash -c "! grep -raF -e '$(cut -d: -f2 <<<"$said" | head -n 1)' \
	-e '$(cut -d: -f2 <<<"$said" | tail -n 1)' '$R/var' '$R/etc' '$R/run' '$R/root'"
fits() {
	local line hash

	line=$(grep -F "$1:" <<<"$said")
	hash=$(grep "^$1:" "$R/etc/shadow" | cut -d: -f2)
	same "$(openssl passwd -6 -salt "$(cut -d'$' -f3 <<<"$hash")" "${line#*:}")" "$hash"
}
check "what is told opens the account" fits alice
check "and root's" fits root
new_root
mkdir "$R/dev/console.d" && rm "$R/dev/console" && mv "$R/dev/console.d" "$R/dev/console"
echo 'instance-id: i-1' >"$seed/meta-data"
printf '#cloud-config\nchpasswd: {list: ["root:RANDOM"]}\n' >"$seed/user-data"
before=$(cat "$R/etc/shadow")
check "without a console: degraded" fails 2 init
check "none is set that nobody would know" same "$(cat "$R/etc/shadow")" "$before"
check "passwords, hashes and texts in a list" a_boot 'chpasswd:' '  expire: true' '  users:' \
	'    - {name: root, password: geheim1, type: text}'
check "are set, and expire" grep -qE '^root:\$6\$[^:]*:0:' "$R/etc/shadow"

check "seeds: into a file, decoded" a_boot 'random_seed: {file: /etc/seed, data: aGFsbG8=, encoding: b64}'
check "it holds them" holds "$R/etc/seed" hallo
check "and only root reads it" mode_of etc/seed 600
finish
