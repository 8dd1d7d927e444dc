#!/bin/bash
# SPDX-License-Identifier: MIT
# inject.sh keeps bytes, mode and owner, replaces what was there, and never leaves half an image.
. "$(dirname "$0")/../lib/tap.sh"

inject=$GUEST/inject.sh
mkdir -p "$T/tree/harness" "$T/tree/etc"
echo old >"$T/tree/harness/agent"
small_disk "$T/base.img" 33 "$T/tree"
head -c 3000001 /dev/urandom >"$T/big"
: >"$T/empty"
printf 'a' >"$T/one"
chmod 600 "$T/big"

stat_of() {
	debugfs -R "stat $1" "$T/out.img?offset=1048576" 2>/dev/null
}

# holds GUESTPATH FILE
holds() {
	debugfs -R "dump $1 $T/back" "$T/out.img?offset=1048576" 2>/dev/null && cmp "$T/back" "$2"
}

is_program() {
	stat_of "$1" | grep -E 'Type: regular +Mode: +0755' &&
		stat_of "$1" | grep -E 'User: +0 +Group: +0 '
}

base_sum=$(sha256sum <"$T/base.img")
start=$(date +%s%N)
check "several files at once" "$inject" "$T/base.img" "$T/out.img" \
	"$T/big:/harness/agent" "$T/empty:/harness/empty" "$T/one:/etc/one"
took=$((($(date +%s%N) - start) / 1000000))
check "bytes of a large file that replaced a small one" holds /harness/agent "$T/big"
check "an empty file" holds /harness/empty "$T/empty"
check "one byte" holds /etc/one "$T/one"
check "mode 0755, owner root, whatever the file had" is_program /harness/agent
check "the same for an empty file" is_program /harness/empty
check "file system is clean" e2fsck -fn "$T/out.img?offset=1048576"
check "base image untouched" same "$(sha256sum <"$T/base.img")" "$base_sum"
check "copy is sparse" test "$(du -k "$T/out.img" | cut -f1)" -lt 12000
check "took less than 2 s ($took ms)" test $took -lt 2000

check "a mode of its own, in a folder that is made" "$inject" "$T/base.img" "$T/out.img" "$T/one:/etc/one" \
	":/made" ":/etc" "$T/one:/made/one:0600"
check "its bytes" holds /made/one "$T/one"
check "its mode" grep -E 'Mode: +0600' <<<"$(stat_of /made/one)"
check "the folder's" grep -E 'Type: directory +Mode: +0755' <<<"$(stat_of /made)"
check "a folder that was there" holds /etc/one "$T/one"

out_sum=$(sha256sum <"$T/out.img")
# refused TEXT BASE FILE:GUESTPATH
refused() {
	check "$1: refused" fails 1 "$inject" "$2" "$T/out.img" "$3"
}

refused "folder missing in the guest" "$T/base.img" "$T/one:/none/agent"
refused "file missing on the host" "$T/base.img" "$T/absent:/harness/agent"
refused "relative guest path" "$T/base.img" "$T/one:agent"
refused "name that debugfs would split" "$T/base.img" "$T/one:/harness/a b"
head -c 33000000 /dev/urandom >"$T/huge"
refused "no such mode" "$T/base.img" "$T/one:/etc/one:rw"
refused "file larger than the file system" "$T/base.img" "$T/huge:/harness/agent"
head -c 2000000 /dev/zero >"$T/nodisk"
refused "no file system in the image" "$T/nodisk" "$T/one:/harness/agent"
refused "image missing" "$T/absent.img" "$T/one:/harness/agent"
check "a failure leaves the earlier image" same "$(sha256sum <"$T/out.img")" "$out_sum"
check "and no temporary file" same "$(find "$T" -name '.inject.*')" ""
finish
