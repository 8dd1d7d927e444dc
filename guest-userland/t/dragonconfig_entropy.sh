#!/bin/bash
# SPDX-License-Identifier: MIT
# Keys of an ssh server on kernels whose random numbers can be guessed: what saves them, and what is said when
# nothing does. Such kernels are played by a tracer, a processor without RDRAND by a program whose instructions
# for it do nothing.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/dragonconfig_root.sh"

key=$R/etc/ssh/ssh_host_ed25519_key
log=$R/var/log/cloud-init.log

without_rdrand() {
	python3 - "$R/sbin/dragonconfig" <<'EOF'
import re, sys
data = open(sys.argv[1], "rb").read()
# Of a 64-bit register: clear the carry, and nothing.
data, rdrand = re.subn(rb"[\x48\x49]\x0f\xc7[\xf0-\xf7]", b"\xf8\x90\x90\x90", data)
data, rdseed = re.subn(rb"[\x48\x49]\x0f\xc7[\xf8-\xff]", b"\xf8\x90\x90\x90", data)
open(sys.argv[1], "wb").write(data)
sys.exit(not (rdrand and rdseed))
EOF
}

# on KERNEL CPU [LINE...]: a first boot there, with these lines of user data.
on() {
	local kernel=$1 cpu=$2

	shift 2
	new_root
	mkdir -p "$R/etc/ssh"
	echo 'instance-id: i-1' >"$seed/meta-data"
	printf '%s\n' '#cloud-config' "$@" >"$seed/user-data"
	if [ "$cpu" = plain ]; then
		without_rdrand || return 99
	fi
	if [ "$kernel" = good ]; then
		init
	else
		unshare "${own[@]}" --uts --net --pid --fork "$B/fake/meddle" "$kernel" "$R" /sbin/dragonconfig init
	fi
}

warns() {
	grep -F WARNING "$log" | grep -qF -- "$1" || { cat "$log" && return 1; }
}

is_a_key() {
	test -s "$key.pub" || return 1
	same "$(ssh-keygen -y -P '' -f "$key" | cut -d' ' -f1,2)" "$(cut -d' ' -f1,2 "$key.pub")"
}

check "a good kernel, a processor that has no numbers" on good plain
check "a weak kernel, such a processor: degraded" fails 2 on weak plain
check "the reason is told" warns 'the ssh key can be guessed'
check "and what the kernel does" grep -qE 'WARNING.*(follow each other in even steps|hardly ever change)' "$log"
check "there is a key all the same" is_a_key
one=$(cat "$key.pub")
fails 2 on weak plain >/dev/null
check "and not the same one each time" test "$(cat "$key.pub")" != "$one"
check "a type that relies on the kernel: degraded" fails 2 on weak plain 'ssh_genkeytypes: [ecdsa]'
check "there is none" warns 'none of type ecdsa is made'
check "random passwords: degraded" fails 2 on weak plain 'ssh_genkeytypes: []' 'chpasswd: {list: ["root:R"]}'
check "with the reason" warns 'the random password of root can be guessed'
check "a seed in user data saves it" on weak plain 'random_seed: {file: /seed, data: 01234567890123456789012345678901}'
check "which the log has" grep -q "INFO.*random numbers are weak" "$log"
check "a short one does not" fails 2 on weak plain 'random_seed: {file: /seed, data: 0123456789012345678901234567890}'
check "a kernel without any: degraded" fails 2 on none plain
check "is told" warns 'the kernel has none'
check "one that has not gathered enough: degraded" fails 2 on unready plain
check "is told" warns 'has not gathered enough'
if grep -qwE 'rdrand|rdseed' /proc/cpuinfo; then
	check "the processor's numbers save a weak kernel" on weak whole
else
	skip_case "the processor's numbers save a weak kernel" "this processor has none"
fi
finish
